// A night's work, by keyboard and by mouse: what is typed and pressed reaches the daemon as the contract wants it, and its answers are shown.

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Page } from "playwright-core";
import { newWorld } from "../mock/world";
import { Stand } from "./stand";

let stand: Stand;
before(async () => {
    stand = await Stand.open();
});
after(() => stand.close());
beforeEach(() => {
    stand.daemon.world = newWorld();
    stand.daemon.asked.length = 0;
});

function view(page: Page, title: string): Promise<void> {
    return page.getByRole("heading", { level: 1, name: title }).waitFor();
}

/** Where the focus is, in words. */
function focus(page: Page): Promise<string> {
    return page.evaluate(() => document.activeElement?.textContent ?? "");
}

test("signing in: wrong, too often, right; and out", async () => {
    const page = await stand.page({});
    await page.getByLabel("Name").fill("ben");
    await page.getByLabel("Password").fill("wrong");
    await page.getByLabel("Code").fill("123456");
    await page.keyboard.press("Enter");
    await page.getByText("name, password or code is wrong").waitFor();
    equal(await page.getByLabel("Code").inputValue(), "", "a code is good once");
    await page.getByLabel("Code").fill("000429");
    await page.keyboard.press("Enter");
    await page.getByText("Try again in 30 minutes.").waitFor();
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByLabel("Code").fill("123 456");
    await page.keyboard.press("Enter");
    await page.getByText("ben (act)").waitFor();
    equal(await page.getByRole("link", { name: "Users" }).count(), 0, "he does not administer");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    ok(stand.daemon.asked.includes("DELETE /api/v1/session"));
    await stand.done(page);
});

test("the keys lead to every view and back", async () => {
    const page = await stand.page({ user: "anna" });
    await page.locator("table.bands").waitFor();
    const keys: readonly [string, string][] = [
        ["w", "Networks"],
        ["s", "Search"],
        ["i", "Incidents"],
        ["l", "Alerts"],
        ["o", "Announced work"],
        ["b", "Public page"],
        ["v", "Servers"],
        ["e", "Exceptions"],
        ["c", "Configuration"],
        ["t", "Trial"],
        ["a", "Audit"],
        ["u", "Users"],
        ["k", "Tokens"],
        ["p", "Upkeep"],
        ["n", "Now"],
    ];
    for (const [key, title] of keys) {
        await page.keyboard.press("g");
        await page.keyboard.press(key);
        await view(page, title);
        await page.waitForFunction((wanted) => document.title === `(1) ${wanted} · Tidegate`, title);
        equal(await focus(page), title, "the focus goes along");
        equal(
            await page.getByRole("navigation").locator("[aria-current]").textContent(),
            await page.getByRole("link", { name: title, exact: false }).first().textContent(),
        );
    }
    await stand.done(page);
});

test("looking for somebody with the keyboard alone", async () => {
    const page = await stand.page({ user: "anna" });
    await page.locator("table.bands").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("n?g"); // no shortcut within a field
    equal(await page.getByRole("searchbox").inputValue(), "n?g");
    await page.keyboard.press("Escape");
    equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("203.0.113.7");
    await page.keyboard.press("Enter");
    await page.getByText("The kernel keeps this address out.").waitFor();
    const asked = () => stand.daemon.asked.filter((call) => call === "GET /api/v1/why?who=203.0.113.7").length;
    equal(asked(), 1);
    const answered = page.waitForResponse((response) => response.url().endsWith("/api/v1/why?who=203.0.113.7"));
    await page.getByRole("button", { name: "Why?" }).click();
    await answered;
    equal(asked(), 2, "who asks again is answered again");
    await stand.done(page);
});

test("j and k step through a list, Enter opens", async () => {
    const page = await stand.page({ user: "anna" }, "#/incidents");
    await page.getByRole("link", { name: "Far more attempts" }).waitFor();
    await page.keyboard.press("j");
    match(await focus(page), /^Far more attempts/);
    await page.keyboard.press("j");
    match(await focus(page), /^Fewer log-ins/);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.getByText("goes on for").waitFor();
    await stand.done(page);
});

test("the keys are shown by ?, and can be switched off", async () => {
    const page = await stand.page({ user: "anna" });
    await page.locator("table.bands").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "anna (administer)" }).click();
    await page.getByLabel("Single keys are shortcuts").uncheck();
    await page.getByLabel("Times in UTC").check();
    await page.getByLabel("Colours").selectOption("dark");
    equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "dark");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.keyboard.press("g");
    await page.keyboard.press("w");
    equal(await page.getByRole("dialog").count(), 0);
    await page.reload();
    await page.locator("table.bands").waitFor();
    equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "dark", "it is remembered");
    equal(new URL(page.url()).hash, "#/now");
    await stand.done(page);
});

test("allow with reason and expiry, then lift", async () => {
    const page = await stand.page({ user: "ben" }, "#/search/198.51.100.9");
    await page.getByLabel("Why, and for whom").fill("their new office");
    await page.getByLabel("For how long").fill("12h");
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.getByText("198.51.100.9 is never stopped until").waitFor();
    equal(stand.daemon.world.exceptions[0]?.author, "ben");
    await page.getByRole("button", { name: "Lift 198.51.100.9" }).click();
    await page.getByRole("dialog", { name: "Lift this exception?" }).getByRole("button", { name: "Lift it" }).click();
    await page.getByText("Lifted: 198.51.100.9.").waitFor();
    equal(stand.daemon.world.exceptions.length, newWorld().exceptions.length);
    await stand.done(page);
});

test("what a role may not do is said, not offered", async () => {
    const support = await stand.page({ user: "support.1" }, "#/search/bob%40example.org");
    await support.getByRole("heading", { name: "Allow or deny" }).waitFor();
    equal(await support.getByRole("option", { name: "Deny: takes the role act" }).isDisabled(), true);
    equal(await support.getByRole("button", { name: "Lift bob@example.org" }).isDisabled(), true);
    await support.getByLabel("Why, and for whom").fill("for ever");
    await support.getByLabel("For how long").fill("never");
    await support.getByRole("button", { name: "Allow", exact: true }).click();
    await support.getByText("It takes the role act.").waitFor();
    await stand.done(support);
    const guest = await stand.page({ user: "guest" }, "#/search/bob%40example.org");
    await guest.getByText("Asking why somebody is stopped takes the role support; yours is look.").waitFor();
    ok(!stand.daemon.asked.some((call) => call.startsWith("GET /api/v1/why") && call.includes("guest")));
    await guest.goto(`${stand.daemon.url}/#/tokens`);
    await guest.getByText("Tokens takes the role administer; yours is look.").waitFor();
    await stand.done(guest);
});

test("vouching for a code", async () => {
    const page = await stand.page({ user: "support.1" }, "#/search/7KX2M9A");
    await page.getByLabel("Who is it, and how do you know?").fill("called from the number we have");
    await page.getByRole("button", { name: "Vouch: let this one in" }).click();
    await page.getByText("that place is familiar to the account now").waitFor();
    await stand.done(page);
});

test("an incident: its hours, a word, names, export, its end", async () => {
    const page = await stand.page({ user: "anna" }, "#/incidents/2026-08-05-1");
    await page.getByLabel("Series").selectOption("stopped, all services");
    await page.getByText("stopped, all services, by the hour").waitFor();
    await page.getByLabel("Say something").fill("The supplier\nsees it, too.");
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.getByText("It is in the record, and on the disk.").waitFor();
    await page.locator(".timeline").getByText("sees it, too.").waitFor();
    deepEqual(stand.daemon.world.said, ["The supplier\nsees it, too."]);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Markdown" }).click()]);
    equal(download.suggestedFilename(), "incident-2026-08-05-1.md");
    ok(stand.daemon.asked.some((call) => call === "GET /api/v1/incidents/2026-08-05-1?form=markdown&zone=Europe%2FVienna"));
    await page.getByLabel("With the names of accounts", { exact: true }).check();
    await page.locator(".timeline").getByText("bob\ufffdgpj.exe\ufffd@example.org", { exact: true }).waitFor();
    await page.getByLabel("Why is it over?").fill("our own load test");
    await page.getByRole("button", { name: "Close the incident" }).click();
    await page.getByRole("heading", { name: "closed Far more attempts" }).waitFor();
    ok(stand.daemon.world.closed.has("2026-08-05-1"));
    await stand.done(page);
});

test("an alert is taken, and is no longer there", async () => {
    const guest = await stand.page({ user: "guest" });
    await guest.getByText("Taking an alert takes the role act; yours is look.").waitFor();
    await stand.done(guest);
    const page = await stand.page({ user: "ben" });
    const alerts = page.getByRole("region", { name: "To be taken" });
    await alerts.getByText("Far more attempts than usual, over imap").waitFor();
    await alerts.getByRole("button", { name: "Take K7M3QX" }).click();
    await alerts.getByText("You have taken K7M3QX").waitFor();
    await alerts.getByRole("button", { name: "Take K7M3QX" }).waitFor({ state: "detached" });
    ok(stand.daemon.asked.includes("POST /api/v1/alerts/K7M3QX/ack"));
    await stand.done(page);
});

test("customers are told: a text is held, let out, drawn anew, written by hand", async () => {
    const page = await stand.page({ user: "ben" }, "#/incidents/2026-08-05-1");
    const told = page.getByRole("region", { name: "What customers are told" });
    await told.getByText("It goes out by itself at").waitFor();
    await told.getByText("that was not kept").waitFor();
    await told.getByRole("button", { name: "Hold it" }).click();
    await told.getByText("It goes out when somebody lets it.").waitFor();
    await told.getByRole("button", { name: "Let it out" }).click();
    await told.getByText("Customers are told.").waitFor();
    await told.locator(".timeline").getByText("A log-in over IMAP takes 4 s instead of 0.3 s.").waitFor();
    await told.getByRole("button", { name: "Draw a text from what is measured" }).click();
    await told.locator(".waiting-text").getByText("Log-ins take 5 s").waitFor();
    await told.getByLabel("Words for customers").fill("A disk is changed.");
    await told.getByLabel("How far is it?").selectOption("mending");
    await told.getByLabel("Next update within").fill("2h");
    await told.getByRole("button", { name: "Tell customers" }).click();
    await told.locator(".timeline").getByText("A disk is changed.").waitFor();
    equal(stand.daemon.world.cases[0]?.updates.at(-1)?.state, "mending");
    const promises = page.getByRole("region", { name: "Promises and checks" });
    await promises.getByRole("button", { name: "Done with check 1" }).click();
    await promises.getByText("by ben").nth(1).waitFor();
    equal(stand.daemon.world.cases[0]?.checks[0]?.who, "ben");
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/incidents/2026-08-05-1");
    await guest.getByText("Telling customers takes the role act; yours is look.").waitFor();
    equal(await guest.getByRole("button", { name: "Let it out" }).count(), 0);
    await stand.done(guest);
});

test("a server: what if, the guard's no, and force", async () => {
    const page = await stand.page({ user: "ben" }, "#/servers");
    const card = page.getByRole("region", { name: "imap-1.example.org" });
    await card.getByRole("button", { name: "What if?" }).click();
    await card.getByText("they bear it").waitFor();
    await card.getByText("Drain, quarantine, bring back").click();
    await card.getByLabel("Why").fill("a new disk");
    await card.getByRole("button", { name: "Drain it" }).click();
    await card.getByText("would have to take 4,120 sessions more").waitFor();
    equal(await card.getByRole("button", { name: "Drain it" }).isDisabled(), true, "not again without force");
    await card.getByLabel("Do it even so").check();
    await card.getByRole("button", { name: "Force: drain" }).click();
    await card.getByText("drain is ordered").waitFor();
    await stand.done(page);
});

test("the mode is only changed with a reason and a second look", async () => {
    const page = await stand.page({ user: "ben" });
    await page.getByRole("button", { name: "Acting" }).click();
    const dialog = page.getByRole("dialog", { name: "Only watch?" });
    await dialog.getByRole("button", { name: "Stop nothing, only watch" }).click();
    equal(stand.daemon.world.mode, "act", "no reason, no change");
    await dialog.getByLabel("Why").fill("customers are refused");
    await dialog.getByRole("button", { name: "Stop nothing, only watch" }).click();
    await page.getByRole("button", { name: "Only watching" }).waitFor();
    equal(stand.daemon.world.mode, "watch");
    await page.getByText("would be stopped, 2 with the right password").waitFor();
    await stand.done(page);
});

test("a trial: a change, its progress, what came out", async () => {
    const page = await stand.page({ user: "ben" }, "#/trial");
    await page.getByLabel("Setting").selectOption("judge.refuse_at");
    await page.getByLabel("Value").fill("17.5");
    await page.getByRole("button", { name: "Add the change" }).click();
    await page.getByRole("button", { name: "Try it on the past" }).click();
    await page.getByText("How far it is").waitFor();
    deepEqual(stand.daemon.world.trial.changes, [{ section: "judge", setting: "refuse_at", value: 17.5 }]);
    await page.getByRole("row", { name: "customers refused 31 38 +7" }).waitFor();
    await stand.done(page);
});

test("networks lead to what can be done about them", async () => {
    const page = await stand.page({ user: "anna" }, "#/networks");
    const tile = page.locator(".treemap .tile").first();
    const name = (await tile.locator("title").textContent())?.split(": ")[0] ?? "";
    await page.getByRole("button", { name: "Show all 60" }).click();
    await page.getByRole("button", { name: "Attempts" }).first().click();
    await page.locator("th[aria-sort=descending]").waitFor();
    const figures = await page.locator("main table").first().locator("tbody td:nth-child(3)").allTextContents();
    const values = figures.map((text) => Number(text.replaceAll(",", "")));
    equal(values.length, 60);
    deepEqual(
        values,
        [...values].sort((a, b) => b - a),
    );
    await tile.click();
    await page.getByRole("heading", { name: `Why ${name}?` }).waitFor();
    await page.getByText("Evidence is weighed for one address or account").waitFor();
    await page.getByLabel("What", { exact: true }).selectOption("deny");
    await page.getByLabel("Why, and for whom").fill("only guesses come from there");
    equal(await page.getByRole("button", { name: "Deny", exact: true }).isDisabled(), true, "not without a second look");
    await page.getByLabel("All in there are to be refused, customers too").check();
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.getByText(`${name} is always refused until`).waitFor();
    equal(stand.daemon.world.exceptions[0]?.effect, "deny");
    await stand.done(page);
});

test("users and tokens", async () => {
    const page = await stand.page({ user: "anna" }, "#/users");
    await page.getByLabel("Name", { exact: true }).fill("carl");
    await page.getByLabel("Password").fill("a long sentence to sign in with");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("dialog").getByText("GEZD GNBV GY3T QOJQ").waitFor();
    await page.getByRole("button", { name: "It is kept" }).click();
    await page.getByRole("button", { name: "Change anna" }).click();
    const dialog = page.getByRole("dialog", { name: "anna" });
    await dialog.getByLabel("anna is to sign in no more").check();
    await dialog.getByRole("button", { name: "Remove anna" }).click();
    await dialog.getByText("nobody else may administer").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Change carl" }).click();
    await page.getByRole("dialog").getByLabel("carl is to sign in no more").check();
    await page.getByRole("dialog").getByRole("button", { name: "Remove carl" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    ok(!stand.daemon.world.users.some((one) => one.name === "carl"));
    await page.goto(`${stand.daemon.url}/#/tokens`);
    await page.getByLabel("Name", { exact: true }).fill("monitor");
    await page.getByLabel("Only these calls").fill("GET /v1/scene, * /v1/incidents");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByText(`Authorization: Bearer tg_${"A".repeat(43)}`).waitFor();
    deepEqual(stand.daemon.world.tokens.at(-1)?.calls, ["GET /v1/scene", "* /v1/incidents"]);
    await stand.done(page);
});

test("audit and configuration are searched", async () => {
    const page = await stand.page({ user: "ben" }, "#/audit");
    await page.getByLabel("By", { exact: true }).fill("ben");
    await page.getByRole("button", { name: "Look" }).first().click();
    await page.getByText("his voice is known").waitFor();
    equal(await page.getByRole("region", { name: "Deeds, the latest first" }).getByText("POST /v1/exceptions").count(), 0);
    await page.getByText("a week of watching went well").waitFor({ state: "detached" });
    ok(stand.daemon.asked.some((call) => call.startsWith("GET /api/v1/deeds?author=ben")));
    await page.goto(`${stand.daemon.url}/#/configuration`);
    await page.getByLabel("Only those with").fill("memory");
    await page.getByText("512MiB").waitFor();
    equal(await page.locator("main tbody tr").count(), 1);
    await page.getByLabel("Only those with").fill("key");
    await page.getByText("set, and secret").waitFor();
    await stand.done(page);
});

test("a refusal is said in words, with what to do", async () => {
    const page = await stand.page({ user: "anna" }, "#/search/broken");
    await page.getByText("nobody is called that").waitFor();
    await page.getByText("give an address, an account or a code").waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await stand.done(page);
});
