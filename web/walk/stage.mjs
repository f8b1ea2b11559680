// One browser for everybody in the walk: the operator at a desk, customers on a phone and at a desk.

import { mkdirSync } from "node:fs";
import { bundled } from "../tools/bundled.mjs";

const made = await bundled(["tests/browser.ts", "tests/eye.ts", "tests/flaws.ts", "mock/contract.ts"], ".made/walk");
const [{ launched }, { Eye }, { serious, sideways }, { Contract }] = await Promise.all(made.map((path) => import(path)));

const patience = 90_000; // the daemon may be a sanitizer's build, and share the machine with a flood
const pictures = process.env.PICTURES;
if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

export class Stage {
    #browser;
    #eye;
    #contract = new Contract("../docs");
    #complaints = [];
    #checks = [];

    static async open(console_url, status_url) {
        const stage = new Stage();
        stage.console_url = console_url;
        stage.status_url = status_url;
        stage.#browser = await launched();
        stage.#eye = new Eye(console_url);
        return stage;
    }

    async close() {
        await this.#browser.close();
    }

    /** The operator's one page; what it is answered is held against the contract. */
    async desk() {
        if (this.operator !== undefined) return this.operator;
        const context = await this.#browser.newContext({
            viewport: { width: 1280, height: 900 },
            timezoneId: "UTC",
            reducedMotion: "reduce",
        });
        this.#eye.follow(context);
        context.on("response", (response) => this.#checks.push(this.#check(response)));
        this.operator = await context.newPage();
        this.operator.setDefaultTimeout(patience);
        return this.operator;
    }

    /** A customer who comes from `address`, through the web server before the page. */
    async customer({ address, phone, scripts }) {
        const context = await this.#browser.newContext({
            viewport: phone ? { width: 360, height: 780 } : { width: 1280, height: 900 },
            isMobile: phone,
            hasTouch: phone,
            deviceScaleFactor: phone ? 2 : 1,
            javaScriptEnabled: scripts,
            extraHTTPHeaders: { "X-Forwarded-For": address },
        });
        const page = await context.newPage();
        page.setDefaultTimeout(patience);
        return page;
    }

    async picture(page, name) {
        if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
    }

    /** The operator's page, at a view of the console ("incidents/2026-08-05-1"). */
    async at(place) {
        const page = await this.desk();
        await page.goto(`${this.console_url}/#/${place}`);
        return page;
    }

    /** Keeps a picture of a view; what is wrong with how it looks, with its name. */
    async looked_at(page, name) {
        await page.evaluate(() => window.scrollTo(0, 0)); // the bar stays at the top of what is seen
        await this.picture(page, name);
        return (await this.flaws(page)).map((flaw) => `${name}: ${flaw}`);
    }

    /** What is wrong with how a view looks, in words. */
    async flaws(page) {
        const found = await serious(page);
        const over = await sideways(page);
        return over > 0 ? [...found, `${over} pixels stick out sideways`] : found;
    }

    /** What must never happen, and did. */
    async faults() {
        await Promise.all(this.#checks);
        if (this.operator !== undefined) await this.#eye.look(this.operator);
        return [...this.#eye.faults, ...this.#complaints];
    }

    async #check(response) {
        const { pathname } = new URL(response.url());
        if (!pathname.startsWith("/api/") || pathname === "/api/v1/live") return;
        const method = response.request().method();
        const operation = this.#contract.find(method, pathname);
        if (operation === null) {
            this.#complaints.push(`there is no ${method} ${pathname}`);
            return;
        }
        const type = (response.headers()["content-type"] ?? "").split(";")[0];
        const text = await response.text().catch(() => null); // the page went on before it was there
        if (text === null) return;
        const body = response.status() === 204 ? undefined : type === "application/json" ? JSON.parse(text) : text;
        const wrong = this.#contract.wrongAnswer(operation, response.status(), type, body);
        if (wrong !== "") this.#complaints.push(`the answer ${response.status()} to ${method} ${pathname}: ${wrong}`);
    }
}
