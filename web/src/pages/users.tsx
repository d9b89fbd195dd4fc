export function UsersPage() { return <p>TODO</p>; }
