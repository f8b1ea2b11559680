// node tools/against.mjs URL NAME PASSWORD SECRET

import { spawnSync } from "node:child_process";
import { bundled, web } from "./bundled.mjs";

const given = process.argv.slice(2);
if (given.length !== 4) {
    process.stderr.write("usage: scripts/web against URL NAME PASSWORD SECRET\n");
    process.exit(2);
}
const [made] = await bundled(["tests/against.ts"]);
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", made], {
    cwd: web,
    stdio: "inherit",
    env: { ...process.env, TIDEGATE_AGAINST: given.join("\n") },
});
process.exit(status ?? 1);
