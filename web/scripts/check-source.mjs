// Rules that a type checker does not know: names from the wire never become HTML, files stay small.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const kForbidden = [
  [/\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|srcdoc)\b/, "turns text into HTML; names from the wire are hostile"],
  [/\beval\(|new Function\(/, "runs text as a program"],
  [/https?:\/\/(?!www\.w3\.org|attack\.mitre\.org)/, "names another host; the page talks to its own only"],
];
const kMostLines = 400;

const files = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });

let faults = 0;
const fault = (path, line, text) => {
  faults += 1;
  console.error(`${path}:${line}: ${text}`);
};
for (const path of [...files("src"), ...files("scripts"), ...files("tests")]) {
  const lines = readFileSync(path, "utf8").split("\n");
  if (lines.length > kMostLines + 1) fault(path, kMostLines, `has ${lines.length} lines; ${kMostLines} is the most`);
  if (!path.startsWith("src")) continue;
  lines.forEach((line, index) => {
    for (const [pattern, why] of kForbidden) if (pattern.test(line)) fault(path, index + 1, `${line.trim()} - ${why}`);
  });
}
process.exit(faults ? 1 : 0);
