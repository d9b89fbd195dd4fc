// The budget of the built page: all of it, gzipped, in 150 kB; nothing inline, for the Content-Security-Policy forbids it.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const kBudget = 150_000;
const files = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });

let total = 0;
for (const path of files("dist").sort()) {
  const size = gzipSync(readFileSync(path), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(8)}  ${path}`);
}
console.log(`${String(total).padStart(8)}  gzipped in all, of ${kBudget}`);

const page = readFileSync("dist/index.html", "utf8");
const inline = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i.exec(page);
if (inline) {
  console.error(`dist/index.html: "${inline[0]}" is inline; the Content-Security-Policy would block it.`);
  process.exit(1);
}
if (total > kBudget) {
  console.error(`The page has grown to ${total} bytes gzipped, above ${kBudget}: leave something out.`);
  process.exit(1);
}
