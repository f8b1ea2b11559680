// Moments that people write: as a field of the kind datetime-local has them, in the browser's zone or in UTC.

import { clock, secondsBetween, span } from "./time";

/** "2026-08-05T02:10" */
export function localValue(time: Date, utc: boolean): string {
    const { date, time: of } = clock(time, utc);
    return `${date.padStart(10, "0")}T${of.slice(0, 5)}`;
}

/** null: it is none. Of a time that comes twice, when clocks are put back, the first is meant. */
export function momentOf(value: string, utc: boolean): Date | null {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) return null;
    const moment = new Date(utc ? `${value}Z` : value);
    if (Number.isNaN(moment.getTime())) return null;
    return moment;
}

/** To the second, as the daemon writes it. */
export function rfc3339(moment: Date): string {
    return moment.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The next full hour that is at least so many hours off. */
export function fullHour(now: Date, hours: number): Date {
    const hour = 3_600_000;
    return new Date(Math.ceil(now.getTime() / hour + hours) * hour);
}

/** "Tuesday 1 December 2026, 02:00 (in 10 h)": the weekday and the distance show what was mistyped. */
export function spelled(moment: Date, utc: boolean, now: Date): string {
    const words = new Intl.DateTimeFormat("en-GB", {
        weekday: "long",
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
        ...(utc ? { timeZone: "UTC" } : {}),
    })
        .format(moment)
        .replace(/^(\w+),/, "$1")
        .replace(" at ", ", "); // browsers part these differently
    const off = secondsBetween(now.toISOString(), moment);
    return `${words} (${off >= 0 ? `in ${span(off)}` : `${span(-off)} ago`})`;
}
