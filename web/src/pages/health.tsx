export function HealthPage() { return <p>TODO</p>; }
