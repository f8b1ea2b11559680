// Old figures are never shown as new: silence, a broken stream, a daemon that is gone, a session that is over.

import { equal, ok } from "node:assert/strict";
import { after, before, test } from "node:test";
import { Stand } from "./stand";

let stand: Stand;
before(async () => {
    stand = await Stand.open();
});
after(() => stand.close());

test("a daemon that falls silent makes the page stale, and is believed again when it speaks", async () => {
    const page = await stand.page({ user: "anna" });
    await page.getByText("Live", { exact: true }).waitFor();
    stand.daemon.fallSilent();
    await page.getByRole("alert").getByText("Stale since").waitFor();
    await page.getByText("The daemon has fallen silent.").waitFor();
    await page.getByText("Stale", { exact: true }).waitFor();
    ok(await page.locator(".figures").isVisible(), "what was known stays to be seen");
    stand.daemon.goOn();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await page.getByText("Live", { exact: true }).waitFor();
    await stand.done(page);
});

test("a stream that breaks is opened again, also where it is refused at first", async () => {
    const page = await stand.page({ user: "anna" });
    await page.getByText("Live", { exact: true }).waitFor();
    stand.daemon.breakStreams();
    await page.getByText("Stale since").waitFor();
    const opened = () => stand.daemon.asked.filter((call) => call === "GET /api/v1/live").length;
    const before = opened();
    await page.waitForRequest((request) => request.url().endsWith("/api/v1/live"));
    stand.daemon.world.closed.add("2026-08-05-1");
    stand.daemon.goOn();
    await page.getByText("Live", { exact: true }).waitFor();
    ok(opened() > before);
    await page.waitForFunction(() => document.title === "Now · Tidegate");
    equal(await page.getByRole("navigation").getByText("open").count(), 0, "what was closed meanwhile is not open here");
    stand.daemon.world.closed.clear();
    await stand.done(page);
});

test("a session that is over leads to signing in, and back to where one was", async () => {
    const page = await stand.page({ user: "ben" }, "#/servers");
    await page.getByRole("region", { name: "imap-1.example.org" }).waitFor();
    await page.context().clearCookies();
    await page.getByText("Your session is over.").waitFor();
    await page.getByLabel("Name").fill("ben");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByLabel("Code").fill("123456");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "imap-1.example.org" }).waitFor();
    await stand.done(page);
});

test("times are the browser's, with UTC on hover", async () => {
    const page = await stand.page({ user: "anna" }, "#/audit");
    const time = page.locator("main time").first();
    const moment = new Date((await time.getAttribute("datetime")) ?? "");
    const vienna = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Vienna", dateStyle: "short", timeStyle: "medium" }).format(moment);
    equal(await time.textContent(), vienna);
    equal(await time.getAttribute("title"), `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`);
    await stand.done(page);
});

test("a daemon that is gone is said to be gone", async () => {
    const page = await stand.page({ user: "anna" }, "#/exceptions");
    await page.getByText("our office").waitFor();
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Lift AS64511" }).click();
    await page.getByRole("button", { name: "Lift it" }).click();
    await page.getByText("The daemon does not answer.").waitFor();
    await page.getByText("What you asked for may or may not have been done.").waitFor();
    await page.context().setOffline(false);
    await stand.done(page);
});

test("what breaks in one view leaves the others alone", async () => {
    const page = await stand.page({ user: "anna" }, "#/exceptions");
    await page.route("**/api/v1/networks*", (route) => route.fulfill({ json: { time: "2026-08-05T00:00:00Z", networks: null } }));
    await page.getByText("our office").waitFor();
    await page.goto(`${stand.daemon.url}/#/networks`);
    await page.getByText("This view broke").waitFor();
    await page.getByText("The mail defence goes on without it.").waitFor();
    await page.getByRole("link", { name: "Servers" }).click();
    await page.getByRole("region", { name: "imap-1.example.org" }).waitFor();
    await stand.done(page);
});

test("an answer that takes longer than the clock is waited for, and not asked for again", async () => {
    const page = await stand.page({ user: "anna" }, "#/exceptions");
    await page.getByText("our office").waitFor();
    await page.clock.install();
    const held: (() => Promise<void>)[] = [];
    await page.route("**/api/v1/bands", (route) => void held.push(() => route.continue()));
    const asked = page.waitForRequest("**/api/v1/bands");
    await page.getByRole("link", { name: "Now" }).click();
    await asked;
    await page.clock.runFor(30_000);
    equal(held.length, 1);
    await held[0]?.();
    await page.locator("table.bands").waitFor();
    const again = page.waitForRequest("**/api/v1/bands");
    await page.clock.runFor(6_000);
    await again; // afterwards the clock goes on
    await stand.done(page);
});
