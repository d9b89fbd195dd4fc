export function AlertsPage() { return <p>TODO</p>; }
