// An eye on everything that must never happen in a page, whatever daemon it comes from.

import type { BrowserContext, Page } from "playwright-core";

/** Our own script; the nasty names of attackers would say something else here. */
const titleEnd = " · Tidegate";

export class Eye {
    readonly faults: string[] = [];

    constructor(private readonly url: string) {}

    follow(context: BrowserContext): void {
        context.on("request", (request) => {
            if (!request.url().startsWith(this.url)) this.faults.push(`asked elsewhere: ${request.url()}`);
        });
        context.on("page", (page) => this.watch(page));
    }

    private watch(page: Page): void {
        page.on("pageerror", (error) => this.faults.push(`an error: ${error.message}`));
        page.on("console", (message) => {
            // What a status makes Chromium write is not ours; what CSP forbids is an error, too.
            if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
                this.faults.push(`on the console: ${message.text()}`);
        });
    }

    async look(page: Page): Promise<void> {
        const title = await page.title();
        if (title !== "Tidegate" && !title.endsWith(titleEnd)) this.faults.push(`the title is ${title}`);
        // The one image of ours is a drawing of the daemon's, in which nothing can run.
        const foreign = await page
            .locator(
                "#console img:not(.mortem-plot > img[src^='data:image/svg+xml']), #console script, #console iframe, #console [onerror]",
            )
            .count();
        if (foreign > 0) this.faults.push(`${foreign} elements that nobody of us made`);
    }
}
