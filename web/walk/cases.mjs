// What the operator does beside the attack: cases, work, and the words about it afterwards.

export async function counts_calls(stage, { id, calls, mean, longest }) {
    const page = await stage.at(`incidents/${id}`);
    const card = page.getByRole("region", { name: "Calls to support", exact: true });
    for (const each of calls) {
        await card.getByLabel("Calls since the last count").fill(String(each));
        await card.getByLabel("Seconds on hold, mean").fill(String(mean));
        await card.getByLabel("Seconds on hold, longest").fill(String(longest));
        await card.getByRole("button", { name: "Count them" }).click();
        await card.getByRole("cell", { name: String(each), exact: true }).waitFor();
    }
    await card.locator("canvas").first().waitFor();
    return { flaws: await stage.looked_at(page, "support") };
}

export async function promises(stage, { id, report, by, check }) {
    const page = await stage.at(`incidents/${id}`);
    const card = page.getByRole("region", { name: "Promises and checks" });
    await card.getByText("Owe a report").click();
    await card.getByLabel("To whom, and what").fill(report);
    await card.getByLabel("Due").fill(by);
    await card.getByRole("button", { name: "Owe it" }).click();
    await card.getByRole("button", { name: `It was made (${report})` }).click();
    await card.getByText("It is noted as made.").waitFor();
    await card.getByLabel("Also look at").fill(check);
    await card.getByRole("button", { name: "Add it" }).click();
    await card.getByRole("button", { name: "Done with check 1" }).click();
    await card.getByText("It is ticked off.").waitFor();
    return { flaws: await stage.looked_at(page, "promises") };
}

/** Announced, begun, extended, done: on its own page. */
export async function works(stage, { title, words }) {
    const page = await stage.at("work");
    const form = page.getByRole("region", { name: "Announce work" });
    await form.getByLabel("What is done").fill(title);
    await form.getByLabel("Words for customers").fill(words);
    await form.getByLabel("Reading mail").check();
    await form.getByRole("button", { name: "Announce it" }).click();
    await page.getByRole("region", { name: "Planned" }).getByRole("link", { name: title }).click();
    await page.getByRole("button", { name: "Begin it" }).click();
    await page.getByRole("button", { name: "It is done" }).waitFor();
    const flaws = await stage.looked_at(page, "work");
    await page.getByRole("button", { name: "2 h", exact: true }).click();
    await page.getByRole("button", { name: "Extend it" }).click();
    await page.getByText("It takes longer; the public page says so.").waitFor();
    await page.getByRole("button", { name: "It is done" }).click();
    await page.getByText("is done", { exact: true }).waitFor();
    return { flaws };
}

/** A case of what nothing measures; its id. */
export async function opens_a_case(stage, { title, note }) {
    const page = await stage.at("incidents");
    const form = page.getByRole("region", { name: "Open one by hand" });
    await form.getByLabel("What is it, in a line?").fill(title);
    await form.getByLabel("Why").selectOption("outside");
    await form.getByRole("button", { name: "Open a case" }).click();
    await page.getByRole("heading", { level: 2, name: title }).waitFor();
    await page.getByRole("textbox", { name: "Write into the case" }).fill(note);
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.locator(".timeline").getByText(note).waitFor();
    return { id: new URL(page.url()).hash.split("/").at(-1), flaws: await stage.looked_at(page, "case-by-hand") };
}

/** From the draft to what everybody can read. */
export async function publishes_the_post_mortem(stage, { id, why }) {
    const page = await stage.at(`incidents/${id}`);
    const card = page.getByRole("region", { name: "Post-mortem", exact: true });
    const image = card.getByRole("img");
    await image.waitFor();
    const drawn = await image.evaluate((one) => one.decode().then(() => one.naturalWidth > 0));
    await card.getByRole("button", { name: "Begin with a draft" }).click();
    const text = card.getByLabel("Post-mortem, Markdown");
    await card.getByText("2 parts are still to be written").waitFor();
    const flaws = await stage.looked_at(page, "post-mortem");
    await text.fill((await text.inputValue()).replaceAll("(to be written)", why));
    await card.getByRole("button", { name: "Keep it" }).click();
    await card.getByRole("button", { name: "Publish it" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish it" }).click();
    await card.getByText("Public since").waitFor();
    return { drawn, flaws };
}

/** The views that he only looks at. */
export async function looks_around(stage) {
    const flaws = [];
    for (const [place, ready] of [
        ["alerts", "Ways"],
        ["public", "Incidents on it"],
        ["servers", "Queues"],
        ["incidents", "What customers are told of"],
    ]) {
        const page = await stage.at(place);
        await page.getByRole("region", { name: ready, exact: true }).locator("table, .quiet, .stops").first().waitFor();
        await page.waitForFunction(() => document.querySelector("main p.quiet[role=status]") === null);
        flaws.push(...(await stage.looked_at(page, place)));
    }
    return { flaws };
}
