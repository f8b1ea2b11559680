// Announced work, alerts, queues, listeners, and what the public page says.

import { equal, ok } from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
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

function plan(id: string) {
    return stand.daemon.world.work.find((one) => one.plan.id === id)?.plan;
}

test("work is announced with the keyboard alone, in the browser's own time", async () => {
    const page = await stand.page({ user: "ben" });
    await page.locator("table.bands").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    const card = page.getByRole("region", { name: "Announce work" });
    await card.getByLabel("What is done").focus();
    await page.keyboard.type("New disks");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Mail may be late.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space"); // the first service
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("12062030"); // month, day, year, as this browser has them
    await page.keyboard.type("0200AM");
    await card.getByText("Friday 6 December 2030, 02:00").waitFor();
    await card.getByText("It ends before it begins.").waitFor();
    equal(await card.getByRole("button", { name: "Announce it" }).isDisabled(), true);
    await card.getByRole("button", { name: "2 h", exact: true }).focus();
    await page.keyboard.press("Enter");
    await card.getByText("Friday 6 December 2030, 04:00").waitFor();
    await card.getByRole("button", { name: "Announce it" }).focus();
    await page.keyboard.press("Enter");
    await card.getByText("is announced: the public page has it").waitFor();
    const made = stand.daemon.world.work.at(-1)?.plan;
    equal(made?.from, "2030-12-06T01:00:00.000Z");
    equal(made?.until, "2030-12-06T03:00:00.000Z");
    equal(made?.services[0], "imap");
    await page.getByRole("region", { name: "Planned" }).getByRole("link", { name: "New disks" }).waitFor();
    await stand.done(page);
});

test("overdue work is marked, here and where everybody looks first", async () => {
    const page = await stand.page({ user: "guest" });
    const now = page.getByRole("region", { name: "Announced work" });
    await now.getByText("overdue: it should have been done 10 min ago").waitFor();
    await now.getByText("overdue: it should have begun 20 min ago").waitFor();
    await page.goto(`${stand.daemon.url}/#/work`);
    await page.getByRole("region", { name: "Under way" }).getByText("1 of them overdue").waitFor();
    await page.getByText("Announcing work takes the role act; yours is look.").waitFor();
    await page.goto(`${stand.daemon.url}/#/work/work-2`);
    await page.getByText("Changing announced work takes the role act; yours is look.").waitFor();
    equal(await page.getByRole("button", { name: "It is done" }).count(), 0);
    await stand.done(page);
});

test("work begins, takes longer, is done; another is called off after a second question", async () => {
    const page = await stand.page({ user: "ben" }, "#/work");
    await page.getByRole("link", { name: "Another certificate" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Begin it" }).click();
    await page.getByText("It has begun").waitFor();
    equal(plan("work-4")?.under_way, true);
    const before = Date.parse(plan("work-4")?.until ?? "");
    await page.getByRole("button", { name: "2 h", exact: true }).click();
    await page.getByLabel("Other words for customers").fill("It takes longer.");
    await page.getByRole("button", { name: "Extend it" }).click();
    await page.getByText("It takes longer; the public page says so.").waitFor();
    ok(Math.abs(Date.parse(plan("work-4")?.until ?? "") - before - 7_200_000) < 61_000);
    equal(plan("work-4")?.text, "It takes longer.");
    await page.getByRole("button", { name: "It is done" }).click();
    await page.getByText("is done", { exact: true }).waitFor();
    equal(plan("work-4")?.done, true);
    equal(await page.getByRole("button", { name: "Call it off" }).count(), 0, "what is past is past");
    await page.goto(`${stand.daemon.url}/#/work/work-5`);
    await page.getByRole("button", { name: "Call it off" }).click();
    const dialog = page.getByRole("dialog", { name: "Call it off?" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    equal(plan("work-5")?.called_off, false);
    await page.getByRole("button", { name: "Call it off" }).click();
    await dialog.getByRole("button", { name: "Call it off" }).click();
    await page.getByText("is called off", { exact: true }).waitFor();
    equal(plan("work-5")?.called_off, true);
    await stand.done(page);
});

test("an alert is taken for a time, and one sees who is on call and which way is down", async () => {
    const page = await stand.page({ user: "ben" });
    await page.getByRole("region", { name: "To be taken" }).getByText("On call:").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.getByRole("region", { name: "On call" }).getByRole("row", { name: "night anna" }).waitFor();
    await page.getByRole("region", { name: "Ways", exact: true }).getByText("1 down").waitFor();
    await page.getByText("taken by ben, until").waitFor();
    await page.getByRole("button", { name: "Take K7M3QX" }).click();
    const dialog = page.getByRole("dialog", { name: "Take K7M3QX?" });
    await dialog.getByLabel("For how long").fill("2h");
    await dialog.getByLabel("What you do about it").fill("I look at the networks");
    await page.keyboard.press("Enter");
    await page.getByText("nobody is called about it for 2h").waitFor();
    equal(stand.daemon.world.alerts[0]?.acknowledged?.who, "ben");
    ok(stand.daemon.world.alerts[0]?.acknowledged?.until !== null);
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/alerts");
    await guest.getByText("Taking an alert takes the role act.").waitFor();
    equal(await guest.getByRole("button", { name: "Take K7M3QX" }).isDisabled(), true);
    await stand.done(guest);
});

test("a queue that is backed up or can't be read is seen at once; without any it is said how", async () => {
    const page = await stand.page({ user: "guest" });
    const now = page.getByRole("region", { name: "Queues" });
    await now.getByText("4,000 mails are late of 4,210, the oldest for 11 min").waitFor();
    await now.getByText("can't read the spool").waitFor();
    equal(await now.locator("li").count(), 2, "those that flow are no news");
    await page.keyboard.press("g");
    await page.keyboard.press("v");
    const queue = page.getByRole("region", { name: "Queue relay" });
    await queue.getByText("Backed up since").waitFor();
    await queue.getByText("4,000, usual are 3.5").waitFor();
    await page.getByRole("region", { name: "Queue mx" }).getByText("2, what is usual is not known yet").waitFor();
    await page.getByRole("region", { name: "Queue mx" }).getByText("3, kept back by hand").waitFor();
    await page.getByRole("region", { name: "Queue exim" }).getByText("It was never read.").waitFor();
    stand.daemon.world.queues = [];
    await page.getByText("No queue is watched").waitFor();
    await page.goto(`${stand.daemon.url}/#/now`);
    await page.locator("table.bands").waitFor();
    equal(await page.getByRole("region", { name: "Queues" }).count(), 0);
    await stand.done(page);
});

test("a domain's mail is moved, with force where the guard says no, and back", async () => {
    const page = await stand.page({ user: "ben" }, "#/servers");
    const card = page.getByRole("region", { name: "Listeners" }).first();
    await card.getByText("not there: taken everywhere").waitFor();
    await card.getByRole("button", { name: "Move a domain" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Domain" }).fill("example.org");
    equal(await dialog.getByLabel("To the listener").inputValue(), "mx2", "one with sessions of its own comes first");
    await dialog.getByLabel("To the listener").selectOption("mx1");
    await dialog.getByLabel("Why").fill("bots want it");
    await dialog.getByRole("button", { name: "Move it" }).click();
    await dialog.getByText("mx1 has no sessions of its own").waitFor();
    equal(await dialog.getByRole("button", { name: "Move it" }).isDisabled(), true);
    await dialog.getByLabel("Do it even so").check();
    await dialog.getByRole("button", { name: "Move it" }).click();
    await card.getByText("example.org's mail is taken at mx1 alone.").waitFor();
    await card.getByRole("button", { name: "Back with example.org" }).click();
    await card.getByText("example.org's mail is taken everywhere again.").waitFor();
    ok(!stand.daemon.world.moves.some(({ domain }) => domain === "example.org"));
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/servers");
    await guest.getByText("Moving a domain takes the role act; yours is look.").waitFor();
    equal(await guest.getByRole("button", { name: "Back with example.net" }).isDisabled(), true);
    await stand.done(guest);
});

test("the public page, our own and a partner's", async () => {
    const page = await stand.page({ user: "ben" }, "#/public");
    await page.getByText("Example Mail").waitFor();
    await page.getByText("Since 04:05 log-ins take longer than usual.").waitFor();
    await page.getByText("late, and the page says so").waitFor();
    await page.getByLabel("Whose page").selectOption("blue");
    await page.getByText("Blue Hosting").waitFor();
    ok(stand.daemon.asked.includes("GET /api/v1/public?partner=blue"));
    await stand.done(page);
    const guest = await stand.page({ user: "guest" }, "#/public");
    await guest.getByLabel("A partner's name").fill("nobody");
    await guest.getByRole("button", { name: "Show it" }).click();
    await guest.getByText("A partner that is not configured has an empty page, too.").waitFor();
    equal(stand.daemon.asked.filter((call) => call === "GET /api/v1/configuration").length, 1, "only where he may");
    await stand.done(guest);
});
