// The console against a daemon that runs: scripts/web against URL NAME PASSWORD SECRET, for somebody who administers. Every view is
// opened, and every answer and event is held against the OpenAPI files; nothing is changed.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Page, Response } from "playwright-core";
import { Contract } from "../mock/contract";
import { codeAt } from "../mock/totp";
import { launched } from "./browser";
import { Eye } from "./eye";

const [url = "", name = "", password = "", secret = ""] = (process.env["TIDEGATE_AGAINST"] ?? "").split("\n");
const contract = new Contract("../docs");

const complaints: string[] = [];

async function check(response: Response): Promise<void> {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/") || pathname === "/api/v1/live") return;
    const method = response.request().method();
    const operation = contract.find(method, pathname);
    if (operation === null) {
        complaints.push(`there is no ${method} ${pathname}`);
        return;
    }
    const type = (response.headers()["content-type"] ?? "").split(";")[0] ?? "";
    const body: unknown =
        response.status() === 204 ? undefined : type === "application/json" ? await response.json() : await response.text();
    const wrong = contract.wrongAnswer(operation, response.status(), type, body);
    if (wrong !== "") complaints.push(`the answer ${response.status()} to ${method} ${pathname}: ${wrong}`);
}

async function signIn(page: Page): Promise<void> {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByLabel("Code").fill(codeAt(secret, Date.now()));
    await page.keyboard.press("Enter");
    await page.getByText(`${name} (administer)`).waitFor();
}

/** The first events of a stream of its own. */
function events(page: Page, of: number): Promise<[string, string][]> {
    return page.evaluate(
        (wanted) =>
            new Promise((done) => {
                const source = new EventSource("/api/v1/live");
                const heard: [string, string][] = [];
                for (const each of ["scene", "told", "incident"])
                    source.addEventListener(each, (event) => {
                        heard.push([each, String(event.data)]);
                        if (heard.length === wanted) {
                            source.close();
                            done(heard);
                        }
                    });
            }),
        of,
    );
}

test("every view, against the contract", async () => {
    const browser = await launched();
    const eye = new Eye(url);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true });
    eye.follow(context);
    const checks: Promise<void>[] = [];
    context.on("response", (response) => checks.push(check(response)));
    const page = await context.newPage();
    await page.goto(url);
    await signIn(page);
    await page.getByText("Live", { exact: true }).waitFor();
    const places = [
        "networks",
        "search/127.0.0.1",
        "search/nobody%40example.org",
        "incidents",
        "alerts",
        "work",
        "public",
        "servers",
        "exceptions",
        "configuration",
        "trial",
        "audit",
        "users",
        "tokens",
        "upkeep",
        "now",
    ];
    for (const place of places) {
        await page.goto(`${url}/#/${place}`);
        await page.locator("main h1").waitFor({ state: "attached" });
        await page.locator("main :is(table, dl, form, .quiet)").first().waitFor();
        await page.waitForFunction(() => document.querySelector("main p.quiet[role=status]") === null); // no question is under way
        equal(await page.getByText("This view broke").count(), 0, place);
        equal(
            await page.locator("main .complaint[role=alert]").count(),
            0,
            `${place}: ${await page.locator("main .complaint").allTextContents()}`,
        );
    }
    const heard = await events(page, 3);
    for (const [kind, text] of heard) {
        const wrong = contract.wrongEvent(kind, JSON.parse(text));
        if (wrong !== "") complaints.push(`event ${kind}: ${wrong}`);
    }
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await Promise.all(checks);
    await eye.look(page);
    await browser.close();
    ok(checks.length > 15);
    deepEqual([...eye.faults, ...complaints], []);
});
