// What is committed in dist: small, made from these sources, with nothing that the CSP would refuse, and licences of all that is in it.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const mostBytes = 100_000;

test("it is small", () => {
    let sum = 0;
    for (const name of readdirSync("dist"))
        if (!/\.(txt|sha256)$/.test(name)) sum += gzipSync(readFileSync(join("dist", name)), { level: 9 }).length;
    ok(sum < mostBytes, `${sum} bytes, compressed`);
    ok(sum > 10_000, "there is nothing in it");
});

test("a new build gives the same bytes", () => {
    const folder = mkdtempSync(join(".made", "dist-"));
    const { status, stderr } = spawnSync(process.execPath, ["tools/build.mjs", relative(".", folder)], { encoding: "utf8" });
    equal(status, 0, stderr);
    deepEqual(readdirSync(folder).sort(), readdirSync("dist").sort(), "scripts/web makes dist anew");
    for (const name of readdirSync(folder))
        ok(readFileSync(join(folder, name)).equals(readFileSync(join("dist", name))), `${name}: scripts/web makes dist anew`);
    rmSync(folder, { recursive: true });
});

test("nothing inline, nothing evaluated, nothing from elsewhere", () => {
    const page = readFileSync("dist/index.html", "utf8");
    ok(!/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:/i.test(page));
    for (const name of readdirSync("dist").filter((each) => /\.(js|css|html)$/.test(each))) {
        const text = readFileSync(join("dist", name), "utf8");
        ok(!/\beval\(|new Function\(|@import|sourceMappingURL/.test(text), name);
        const elsewhere = [...text.matchAll(/https?:\/\/[^\s"'`)]+/g)]
            .map((found) => found[0])
            .filter((url) => !url.startsWith("http://www.w3.org/"));
        deepEqual(elsewhere, [], name);
    }
});

test("licences of all that is bundled", () => {
    const text = readFileSync("dist/LICENSES.txt", "utf8");
    for (const [name, version] of Object.entries(JSON.parse(readFileSync("package.json", "utf8")).dependencies as Record<string, string>))
        ok(text.includes(`${name} ${version} (MIT)`), name);
    match(text, /Permission is hereby granted/);
});

test("versions are fixed, and the lock file names no registry", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) match(String(version), /^\d+\.\d+\.\d+$/, name);
    const lock = readFileSync("package-lock.json", "utf8");
    ok(
        !/"resolved"|https?:\/\/(?!opencollective|github|tidelift|www\.patreon|paypal|ko-fi)/.test(
            lock.replace(/"(url|funding)": "[^"]*"/g, ""),
        ),
    );
    match(lock, /"integrity": "sha512-/);
});

function sources(): string[] {
    return ["src", "mock", "tests"]
        .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
        .filter((name) => /\.tsx?$/.test(name));
}

test("texts are never made into markup, and no file is long", () => {
    for (const name of sources()) {
        const text = readFileSync(name, "utf8");
        if (name.startsWith("src")) ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet/.test(text), name);
        ok(text.split("\n").length <= 400, `${name} is longer than 400 lines`);
    }
});
