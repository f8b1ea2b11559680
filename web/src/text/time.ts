// Times in the browser's zone, or in UTC where the reader wants that.

import { read } from "../state/remembered";
import { Store } from "../state/store";

export const inUtc = new Store(read("utc") === "yes");

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const two = (value: number) => String(value).padStart(2, "0");

export interface Clock {
    date: string;
    time: string;
}

export function clock(time: Date, utc: boolean): Clock {
    if (Number.isNaN(time.getTime())) return { date: "", time: "?" };
    return utc
        ? {
              date: `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`,
              time: `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`,
          }
        : {
              date: `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`,
              time: `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`,
          };
}

/** "3 s", "12 min", "5 h 20 min", "3 d 4 h" */
export function span(seconds: number): string {
    if (!Number.isFinite(seconds)) return "?";
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min`;
    const [big, small, names] = whole < 172_800 ? ([3600, 60, ["h", "min"]] as const) : ([86_400, 3600, ["d", "h"]] as const);
    const rest = Math.floor((whole % big) / small);
    return `${Math.floor(whole / big)} ${names[0]}${rest === 0 ? "" : ` ${rest} ${names[1]}`}`;
}

export function secondsBetween(from: string, to: string | number | Date): number {
    return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}
