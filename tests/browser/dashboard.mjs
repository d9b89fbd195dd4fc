// The dashboard as a person uses it: page objects, so that a test reads as what is done and a change of the page is
// followed in one place.

export const kUser = "kim";
export const kPassword = "a long enough secret";

export class Dashboard {
  constructor(page, sensor) {
    this.page = page;
    this.origin = sensor.origin;
    this.link = sensor.link;
  }

  /** By the printed link, as at the first visit: it opens the pages, or makes the first account. */
  async enter() {
    await this.page.goto(this.link);
    const pages = this.page.getByRole("navigation", { name: "Pages" });
    const make = this.page.getByRole("button", { name: "Make the account" });
    await pages.or(make).waitFor();
    if (await make.isVisible()) {
      await this.page.getByLabel("User").fill(kUser);
      await this.page.getByLabel("Password").fill(kPassword);
      await make.click();
    }
    await pages.waitFor();
  }

  async open(path) {
    await this.page.goto(this.origin + path);
    await this.page.getByRole("navigation", { name: "Pages" }).waitFor();
  }

  async goTo(title) {
    await this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: title }).click();
    await this.page.waitForFunction((wanted) => document.title.includes(wanted), title);
  }

  async filter(text) {
    await this.page.getByRole("combobox", { name: "Filter" }).fill(text);
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.press("Escape");
  }

  query(name) {
    return new URL(this.page.url()).searchParams.get(name);
  }

  toast(text) {
    return this.page.locator(".toast", { hasText: text });
  }

  chart(title) {
    return this.page.getByRole("figure", { name: title, exact: true });
  }

  alertRows() {
    return this.page.locator(".inbox tbody tr:not(.group)");
  }

  flowRows() {
    return this.page.locator(".flow-table .body [role=row]");
  }

  /** Seconds that the capture has run, as the bar on top tells. */
  async captureSeconds() {
    const text = await this.page.locator(".capture-chip .clock").innerText();
    const [hours, minutes, seconds] = text.split(":").map(Number);
    return hours * 3600 + minutes * 60 + seconds;
  }

  /** Drag over a chart, from one share of its width to another. */
  async zoom(title, from, to) {
    const plot = this.chart(title).locator(".u-over");
    const box = await plot.boundingBox();
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * to, y, { steps: 6 });
    await this.page.mouse.up();
  }
}

/** Waits until `read` gives what `isWanted` accepts; the assertion after it says what was there instead. */
export async function until(read, isWanted, seconds = 30) {
  let value = await read();
  for (let waited = 0; waited < seconds * 10 && !isWanted(value); waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    value = await read();
  }
  return value;
}
