// TypeScript that Node runs: mock and tests, each file bundled into .made/. What comes from npm stays outside.

import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const web = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The paths of what came out. */
export async function bundled(files, folder = ".made") {
    const into = join(web, folder);
    rmSync(into, { recursive: true, force: true });
    await build({
        absWorkingDir: web,
        entryPoints: files,
        outdir: into,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        packages: "external",
        jsx: "automatic",
        jsxImportSource: "preact",
        entryNames: "[name]",
        outExtension: { ".js": ".mjs" },
        sourcemap: "inline",
    });
    return files.map((file) => join(into, basename(file).replace(/\.tsx?$/, ".mjs")));
}
