export function AlertPage() { return <p>TODO</p>; }
