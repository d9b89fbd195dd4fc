export function FlowsPage() { return <p>TODO</p>; }
