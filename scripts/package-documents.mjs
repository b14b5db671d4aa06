// Copies what every published package carries beside its own README: the licence and the changelog. Run in a package's folder.
import { copyFileSync } from "node:fs";
import { join } from "node:path";

for (const name of ["LICENSE", "CHANGELOG.md"]) {
  copyFileSync(join(import.meta.dirname, "..", name), join(process.cwd(), name));
}
