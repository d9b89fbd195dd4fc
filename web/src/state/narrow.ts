// Is the page as narrow as a phone? Then rows of tables that CSS cannot lay out anew take two lines.
import { signal } from "@preact/signals";

const query = window.matchMedia("(max-width: 640px)");
export const isNarrow = signal(query.matches);
query.addEventListener("change", (event) => {
  isNarrow.value = event.matches;
});
