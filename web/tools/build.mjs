// Makes web/dist from web/src. The same sources give the same bytes.
//
//   node tools/build.mjs [FOLDER]      FOLDER instead of dist

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const into = join(web, process.argv[2] ?? "dist");

/** What dist is made from; tests/web/dist.py knows the same list. */
const sources = ["index.html", "favicon.svg", "package.json", "package-lock.json", "tsconfig.json", "tools/build.mjs"];

function filesUnder(folder) {
    return readdirSync(join(web, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(web, join(entry.parentPath, entry.name)));
}

function digest(text) {
    return createHash("sha256").update(text).digest("hex");
}

async function bundle() {
    const made = await build({
        absWorkingDir: web,
        entryPoints: { console: "src/main.tsx" },
        outdir: into,
        entryNames: "[name]-[hash]",
        bundle: true,
        format: "esm",
        target: ["chrome111", "firefox115", "safari16.4"],
        jsx: "automatic",
        jsxImportSource: "preact",
        minify: true,
        legalComments: "none",
        charset: "utf8",
        metafile: true,
        define: { "process.env.NODE_ENV": '"production"' },
    });
    const names = Object.keys(made.metafile.outputs).map((path) => path.split("/").at(-1));
    return {
        script: names.find((name) => name.endsWith(".js")),
        style: names.find((name) => name.endsWith(".css")),
        inputs: Object.keys(made.metafile.inputs),
    };
}

/** Of each package that something was taken from. */
function licences(inputs) {
    const packages = [
        ...new Set(inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined)),
    ].sort();
    return packages
        .map((name) => {
            const { version, license } = JSON.parse(readFileSync(join(web, "node_modules", name, "package.json"), "utf8"));
            const text = readFileSync(join(web, "node_modules", name, "LICENSE"), "utf8");
            return `${name} ${version} (${license})\n\n${text.trim()}\n`;
        })
        .join(`\n${"-".repeat(80)}\n\n`);
}

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
const { script, style, inputs } = await bundle();
const page = readFileSync(join(web, "index.html"), "utf8").replace("%SCRIPT%", script).replace("%STYLE%", style);
writeFileSync(join(into, "index.html"), page);
writeFileSync(join(into, "favicon.svg"), readFileSync(join(web, "favicon.svg")));
writeFileSync(
    join(into, "LICENSES.txt"),
    `What is bundled into Tidegate's console, beside its own code (Apache-2.0).\n\n${licences(inputs)}`,
);
const lines = [...sources, ...filesUnder("src")].sort().map((path) => `${digest(readFileSync(join(web, path)))}  ${path}`);
writeFileSync(join(into, "sources.sha256"), `${lines.join("\n")}\n`);
