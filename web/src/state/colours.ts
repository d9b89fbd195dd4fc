// The colour of each class on every page: by the classes that the sensor tells apart.
import { computed } from "@preact/signals";
import { classLabels } from "./live";
import { isBenign, paletteOf } from "./palette";

const palette = computed(() => paletteOf(classLabels.value));

/** Name of a CSS variable. A class that the sensor no longer knows has the last colour. */
export function colourOf(label: string): string {
  return palette.value.get(label) ?? (isBenign(label) ? "benign" : "class-9");
}
