// The tests: node tools/test.mjs [WORDS-OF-A-FILE-NAME ...]. Each file by itself, one after the other: the browser needs the processor.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bundled, web } from "./bundled.mjs";

const wanted = process.argv.slice(2);
const files = readdirSync(join(web, "tests"))
    .filter((name) => name.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
    .map((name) => join("tests", name));
const made = await bundled(files);
const { status } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--test", "--test-concurrency=1", "--test-reporter=spec", ...made],
    { cwd: web, stdio: "inherit" },
);
process.exit(status ?? 1);
