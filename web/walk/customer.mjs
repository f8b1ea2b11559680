// A worried customer: scripts are off, the screen is small.

const home = "198.51.100.7";

async function text(page) {
    return (await page.locator("main").textContent()).replaceAll(/\s+/g, " ").trim();
}

async function open(stage, path, { address = home, phone = true, scripts = false } = {}) {
    const page = await stage.customer({ address, phone, scripts });
    await page.goto(new URL(path, stage.status_url).href);
    return page;
}

/** What the page says first, and all of it. */
export async function reads_the_page(stage, { picture }) {
    const page = await open(stage, "/");
    const said = await text(page);
    if (picture !== undefined) {
        await stage.picture(page, `${picture}-phone`);
        const desk = await open(stage, "/", { phone: false });
        await stage.picture(desk, `${picture}-desk`);
        await desk.context().close();
    }
    await page.context().close();
    return said;
}

/** From the first page to the incident's own. */
export async function reads_the_incident(stage, { title }) {
    const page = await open(stage, "/");
    await page.getByRole("link", { name: title }).first().click();
    const said = await text(page);
    await stage.picture(page, "status-incident-phone");
    const { pathname } = new URL(page.url());
    await page.context().close();
    return { said, path: pathname };
}

export async function asks_whether_it_is_he(stage, { address, picture }) {
    const page = await open(stage, "/", { address });
    await page.getByRole("link", { name: "Is my connection affected?" }).first().click();
    const said = await text(page);
    if (picture !== undefined) await stage.picture(page, picture);
    await page.context().close();
    return said;
}

export async function asks_for_mail(stage, { email }) {
    const page = await open(stage, "/");
    await page.getByRole("link", { name: "Updates by e-mail" }).first().click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send me the link" }).click();
    await page.getByText("an e-mail with a link is on its way").waitFor();
    await page.context().close();
}

export async function confirms(stage, { link }) {
    const page = await open(stage, link);
    await page.getByRole("button", { name: "Yes, send them" }).click();
    await page.getByText("Every e-mail has a link by which you can leave the list.").waitFor();
    await page.context().close();
}

/** axe itself is a script; the page has none. */
export async function flaws_of_the_page(stage, { path }) {
    const found = [];
    for (const phone of [true, false]) {
        const page = await open(stage, path, { phone, scripts: true });
        found.push(...(await stage.flaws(page)).map((flaw) => `${path}, ${phone ? "phone" : "desk"}: ${flaw}`));
        await page.context().close();
    }
    return found;
}
