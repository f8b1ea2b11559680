// What the tests in a browser share: a mock daemon, a browser, and an eye on everything that must never happen.

import { deepEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { MockDaemon } from "../mock/daemon";

const programs = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const sizes = { phone: { width: 320, height: 720 }, desk: { width: 1280, height: 900 } } as const;

export interface Visit {
    user?: string;
    size?: keyof typeof sizes;
    scheme?: "light" | "dark";
}

/** Our own script; the mock's nasty names would say something else here. */
const titleEnd = " · Tidegate";

export class Stand {
    private constructor(
        readonly daemon: MockDaemon,
        private readonly browser: Browser,
    ) {}
    private readonly faults: string[] = [];

    static async open(): Promise<Stand> {
        const program = programs.find((path) => path !== "" && existsSync(path));
        if (program === undefined) throw new Error("there is no Chromium: apt-get install chromium, or say CHROMIUM=PATH");
        const browser = await chromium.launch({
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
        return new Stand(await MockDaemon.start("../docs", process.env["TIDEGATE_DIST"] ?? "dist"), browser);
    }

    async close(): Promise<void> {
        await this.browser.close();
        await this.daemon.stop();
    }

    async context({ user, size = "desk", scheme = "light" }: Visit): Promise<BrowserContext> {
        const context = await this.browser.newContext({
            viewport: sizes[size],
            colorScheme: scheme,
            timezoneId: "Europe/Vienna",
            reducedMotion: "reduce",
        });
        if (user !== undefined) await context.addCookies([{ name: "tidegate", value: user, url: this.daemon.url }]);
        context.on("request", (request) => {
            if (!request.url().startsWith(this.daemon.url)) this.faults.push(`asked elsewhere: ${request.url()}`);
        });
        return context;
    }

    /** A page that is looked after. */
    async page(visit: Visit, place = "#/now"): Promise<Page> {
        const page = await (await this.context(visit)).newPage();
        page.on("pageerror", (error) => this.faults.push(`an error: ${error.message}`));
        page.on("console", (message) => {
            // What a status of the mock makes Chromium write is not ours; what CSP forbids is an error, too.
            if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
                this.faults.push(`on the console: ${message.text()}`);
        });
        await page.goto(`${this.daemon.url}/${place}`);
        return page;
    }

    /** Nothing that must not happen has happened. */
    async done(page: Page): Promise<void> {
        const title = await page.title();
        if (title !== "Tidegate" && !title.endsWith(titleEnd)) this.faults.push(`the title is ${title}`);
        const foreign = await page.locator("#console img, #console script, #console iframe, #console [onerror]").count();
        if (foreign > 0) this.faults.push(`${foreign} elements that nobody of us made`);
        await page.context().close();
        deepEqual([...this.faults.splice(0), ...this.daemon.complaints.splice(0)], []);
    }
}
