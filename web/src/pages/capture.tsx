export function CapturePage() { return <p>TODO</p>; }
