// Debian's Chromium, by itself and without a word to anybody outside.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const programs = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function launched(): Promise<Browser> {
    const program = programs.find((path) => path !== "" && existsSync(path));
    if (program === undefined) throw new Error("there is no Chromium: apt-get install chromium, or say CHROMIUM=PATH");
    return chromium.launch({
        executablePath: program,
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    });
}
