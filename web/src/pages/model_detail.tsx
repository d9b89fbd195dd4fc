export function ModelPage() { return <p>TODO</p>; }
