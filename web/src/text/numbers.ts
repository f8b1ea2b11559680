// Figures in words.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(value: number | null | undefined): string {
    return value === null || value === undefined || !Number.isFinite(value) ? "–" : whole.format(value);
}

/** "0.4", "7.3", "12", "1,204" */
export function rate(value: number | null | undefined): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    return value !== 0 && Math.abs(value) < 10 && !Number.isInteger(value) ? tenth.format(value) : whole.format(value);
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** "800K": for axes. */
export function short(value: number): string {
    return compact.format(value);
}

/** of 0 to 1 */
export function percent(share: number | null | undefined): string {
    if (share === null || share === undefined || !Number.isFinite(share)) return "–";
    const of100 = share * 100;
    if (of100 > 99 && of100 < 100) return `${(Math.floor(of100 * 10) / 10).toFixed(1)} %`;
    if (of100 > 0 && of100 < 0.1) return "< 0.1 %";
    return of100 > 0 && of100 < 1 ? `${of100.toFixed(1)} %` : `${Math.round(of100)} %`;
}

export function decibans(weight: number): string {
    if (weight === 0) return "0";
    return `${weight > 0 ? "+" : "−"}${tenth.format(Math.abs(weight))}`;
}

export function bytes(value: number): string {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    return `${unit === 0 ? whole.format(value) : tenth.format(value)} ${units[unit]}`;
}

export function milliseconds(value: number): string {
    if (value === 0) return "–";
    if (value < 10) return `${tenth.format(value)} ms`;
    return value < 10_000 ? `${whole.format(value)} ms` : `${tenth.format(value / 1000)} s`;
}

export function many(value: number, one: string, more = `${one}s`): string {
    return `${count(value)} ${value === 1 ? one : more}`;
}
