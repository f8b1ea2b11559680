// Every view, on a phone and at a desk, light and dark: axe-core finds nothing serious, nothing sticks out sideways, and what
// attackers wrote stays text.

import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { script } from "../mock/scene";
import { serious, sideways } from "./flaws";
import { Stand, sizes } from "./stand";

/** Where each view is, and what is there once it has its answers. */
const places: readonly [string, string, string][] = [
    ["now", "#/now", "table.bands tbody tr >> nth=0"],
    ["networks", "#/networks", ".treemap .tile >> nth=0"],
    ["search", "#/search/203.0.113.7", "table.evidence >> nth=0"],
    ["search-account", "#/search/bob%40example.org", "table.evidence >> nth=0"],
    ["search-code", "#/search/7KX2M9A", "table.evidence >> nth=0"],
    ["search-network", "#/search/203.0.113.0%2F24", "text=Allow or deny"],
    ["incidents", "#/incidents", "tbody tr >> nth=0"],
    ["incident", "#/incidents/2026-08-05-1", ".timeline li >> nth=0"],
    ["case", "#/incidents/case-7", ".timeline li >> nth=0"],
    ["alerts", "#/alerts", "tbody tr >> nth=0"],
    ["work", "#/work", "text=Announce it"],
    ["work-one", "#/work/work-2", "text=It is done"],
    ["public", "#/public", "text=Work that it announces"],
    ["servers", "#/servers", "text=Move a domain"],
    ["exceptions", "#/exceptions", "tbody tr >> nth=0"],
    ["configuration", "#/configuration", "tbody tr >> nth=0"],
    ["trial", "#/trial", "text=Add the change"],
    ["audit", "#/audit", "tbody tr >> nth=0"],
    ["users", "#/users", "tbody tr >> nth=0"],
    ["tokens", "#/tokens", "tbody tr >> nth=0"],
    ["upkeep", "#/upkeep", "text=Copy it"],
];

/** Names of attackers must be seen here, as they wrote them. */
const withScript = new Set([
    "now",
    "networks",
    "search",
    "incident",
    "incidents",
    "case",
    "alerts",
    "work",
    "work-one",
    "public",
    "servers",
    "exceptions",
    "configuration",
    "audit",
]);

let stand: Stand;
before(async () => {
    stand = await Stand.open();
});
after(() => stand.close());

/** No heading leaves out a level. */
async function headings(page: Page): Promise<void> {
    const levels = await page
        .locator("h1:visible, h2:visible, h3:visible, h1.heard")
        .evaluateAll((all) => all.map((one) => Number(one.tagName.slice(1))));
    equal(levels[0], 1);
    for (const [at, level] of levels.entries()) ok(level - (levels[at - 1] ?? level) <= 1, `headings ${levels.join(" ")}`);
}

const pictures = process.env["PICTURES"];

for (const size of Object.keys(sizes) as (keyof typeof sizes)[])
    for (const scheme of ["light", "dark"] as const)
        test(`all views, ${size}, ${scheme}`, async (t) => {
            for (const [name, place, ready] of places)
                await t.test(name, async () => {
                    const page = await stand.page({ user: "anna", size, scheme }, place);
                    await page.locator(ready).waitFor();
                    if (pictures !== undefined) {
                        mkdirSync(pictures, { recursive: true });
                        await page.screenshot({ path: `${pictures}/${name}-${size}-${scheme}.png`, fullPage: true });
                    }
                    deepEqual(await serious(page), []);
                    equal(await sideways(page), 0);
                    await headings(page);
                    if (withScript.has(name))
                        ok(
                            ((await page.locator("main").textContent()) ?? "").includes(script),
                            "what was written is shown as it was written",
                        );
                    ok(!(await page.content()).includes("\u202e"), "no text turns its direction");
                    await stand.done(page);
                });
        });

test("nothing sticks out sideways at a width between", async (t) => {
    const page = await stand.page({ user: "anna" });
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [name, place, ready] of places)
        await t.test(name, async () => {
            await page.goto(`${stand.daemon.url}/${place}`);
            await page.locator(ready).waitFor();
            equal(await sideways(page), 0);
        });
    await stand.done(page);
});

test("signing in, on a phone and at a desk", async (t) => {
    for (const size of Object.keys(sizes) as (keyof typeof sizes)[])
        for (const scheme of ["light", "dark"] as const)
            await t.test(`${size}, ${scheme}`, async () => {
                const page = await stand.page({ size, scheme });
                await page.getByLabel("Password").waitFor();
                if (pictures !== undefined) await page.screenshot({ path: `${pictures}/sign-in-${size}-${scheme}.png` });
                deepEqual(await serious(page), []);
                equal(await sideways(page), 0);
                await stand.done(page);
            });
});

test("dialogs", async () => {
    const page = await stand.page({ user: "anna" });
    for (const button of ["Acting", "anna (administer)"]) {
        await page.getByRole("button", { name: button }).click();
        await page.getByRole("dialog").waitFor();
        deepEqual(await serious(page), []);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    deepEqual(await serious(page), []);
    await stand.done(page);
});

test("dialogs and what unfolds in the views", async (t) => {
    const asked: readonly [string, string, string][] = [
        ["#/alerts", "Take K7M3QX", "Take K7M3QX?"],
        ["#/work/work-2", "Call it off", "Call it off?"],
        ["#/servers", "Move a domain", "Move a domain's mail?"],
    ];
    for (const [place, button, title] of asked)
        for (const scheme of ["light", "dark"] as const)
            await t.test(`${title} ${scheme}`, async () => {
                const page = await stand.page({ user: "anna", scheme }, place);
                await page.getByRole("button", { name: button, exact: true }).click();
                await page.getByRole("dialog", { name: title }).waitFor();
                deepEqual(await serious(page), []);
                await stand.done(page);
            });
    for (const size of Object.keys(sizes) as (keyof typeof sizes)[])
        await t.test(`all of a case, ${size}`, async () => {
            const page = await stand.page({ user: "anna", size, scheme: "dark" }, "#/incidents/case-7");
            await page.getByText("Read it").click();
            const closed = page.locator("main details:not([open]) > summary:visible");
            while ((await closed.count()) > 0) await closed.first().click();
            await page.getByRole("button", { name: "Write on" }).waitFor();
            deepEqual(await serious(page), []);
            await page.getByRole("button", { name: "Write on" }).click();
            await page.getByLabel("Post-mortem, Markdown").waitFor();
            ok(
                !(await page.getByLabel("Post-mortem, Markdown").inputValue()).includes("\u202e"),
                "no text turns its direction, in a field neither",
            );
            deepEqual(await serious(page), []);
            equal(await sideways(page), 0);
            await stand.done(page);
        });
});
