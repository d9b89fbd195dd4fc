// The table of icons: paths in a square of 16, drawn by strokes in the colour of the text.
const kPaths: Record<string, string> = {
  overview: "M2 12l3.5-5 3 3L13.5 3M2 14h12",
  alerts: "M8 2L14.5 13.5h-13zM8 6.5v3.5M8 12v.3",
  flows: "M2 4h8m-2-2l2 2-2 2M14 12H6m2-2l-2 2 2 2",
  models: "M8 2v4M8 6L4 9.5M8 6l4 3.5M4 9.5V13M12 9.5V13M8 6v7",
  capture: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  health: "M1.5 8.5h3L6.5 3l3 10 2-4.5h3",
  users: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14a5.5 4.5 0 0 1 11 0",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.5 14h3",
  help: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM6 6.3a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11.3v.3",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  play: "M5 3l8 5-8 5z",
  stop: "M4 4h8v8H4z",
  table: "M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10",
  down: "M8 2.5v8m-3-3l3 3 3-3M3 13.5h10",
  back: "M10 3L5 8l5 5",
  next: "M6 3l5 5-5 5",
  archive: "M2 3h12v3H2zM3 6v7h10V6M6.5 8.5h3",
  escalate: "M8 13V4M4.5 7L8 3.5 11.5 7",
  mute: "M4 6H2v4h2l3.5 3V3zM10.5 6l3.5 4M14 6l-3.5 4",
  columns: "M2 3h12v10H2zM6 3v10M10 3v10",
  copy: "M5 5h8v9H5zM3 11V2h7",
  upload: "M8 11V3m-3 3l3-3 3 3M3 13.5h10",
  log_out: "M6 2.5H3v11h3M7 8h7m-2.5-2.5L14 8l-2.5 2.5",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={kPaths[name] ?? ""} />
    </svg>
  );
}
