// Where the reader is: the fragment of the address, which never leaves the browser.

import { Store } from "./store";

export interface Place {
    view: string;
    /** what stands behind the view: an incident's id, who is looked for */
    rest: string;
}

function placeOf(fragment: string): Place {
    const [view = "", ...rest] = fragment.replace(/^#\/?/, "").split("/");
    try {
        return { view: view === "" ? "now" : view, rest: decodeURIComponent(rest.join("/")) };
    } catch {
        return { view, rest: "" }; // half an escape
    }
}

export const place = new Store<Place>(placeOf(location.hash));

window.addEventListener("hashchange", () => place.set(placeOf(location.hash)));

export function to(view: string, rest = ""): string {
    return `#/${view}${rest === "" ? "" : `/${encodeURIComponent(rest.toWellFormed())}`}`;
}

export function go(view: string, rest = ""): void {
    location.hash = to(view, rest);
}
