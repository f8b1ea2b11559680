// What the tests in a browser share: a mock daemon, a browser, and an eye on both.

import { deepEqual } from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { MockDaemon } from "../mock/daemon";
import { launched } from "./browser";
import { Eye } from "./eye";

export const sizes = { phone: { width: 320, height: 720 }, desk: { width: 1280, height: 900 } } as const;

export interface Visit {
    user?: string;
    size?: keyof typeof sizes;
    scheme?: "light" | "dark";
}

export class Stand {
    private readonly eye: Eye;

    private constructor(
        readonly daemon: MockDaemon,
        private readonly browser: Browser,
    ) {
        this.eye = new Eye(daemon.url);
    }

    static async open(): Promise<Stand> {
        return new Stand(await MockDaemon.start("../docs", process.env["TIDEGATE_DIST"] ?? "dist"), await launched());
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
        this.eye.follow(context);
        return context;
    }

    /** A page that is looked after. */
    async page(visit: Visit, place = "#/now"): Promise<Page> {
        const page = await (await this.context(visit)).newPage();
        await page.goto(`${this.daemon.url}/${place}`);
        return page;
    }

    /** Nothing that must not happen has happened. */
    async done(page: Page): Promise<void> {
        await this.eye.look(page);
        await page.context().close();
        deepEqual([...this.eye.faults.splice(0), ...this.daemon.complaints.splice(0)], []);
    }
}
