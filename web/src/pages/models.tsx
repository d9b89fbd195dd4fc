export function ModelsPage() { return <p>TODO</p>; }
