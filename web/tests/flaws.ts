// What axe-core and a ruler find in a page, whatever made it.

import axe from "axe-core";
import type { Page } from "playwright-core";

interface Found {
    id: string;
    impact?: string | null;
    nodes: { html: string; failureSummary?: string }[];
}

export async function serious(page: Page): Promise<string[]> {
    await page.evaluate(axe.source); // not as a script element: the page's CSP would forbid that, as it should
    const found = await page.evaluate<Found[]>("axe.run(document, { resultTypes: ['violations'] }).then((results) => results.violations)");
    return found
        .filter((one) => one.impact === "serious" || one.impact === "critical")
        .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`).join(" | ")}`);
}

/** What can't be reached without scrolling the whole page sideways. */
export function sideways(page: Page): Promise<number> {
    return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
