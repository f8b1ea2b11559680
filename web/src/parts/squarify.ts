// Where the tiles of a treemap lie: Bruls, Huizing and van Wijk, Squarified Treemaps (2000). Rows are filled along the shorter side as
// long as that brings the tiles nearer to squares.

export interface Box {
    x: number;
    y: number;
    width: number;
    height: number;
}

export interface Placed<Item> {
    item: Item;
    box: Box;
}

interface Area<Item> {
    item: Item;
    area: number;
}

/** How far from a square the worst of a row is. */
function worst<Item>(row: readonly Area<Item>[], side: number): number {
    const sum = row.reduce((total, each) => total + each.area, 0);
    const areas = row.map((each) => each.area);
    const [most, least] = [Math.max(...areas), Math.min(...areas)];
    return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
}

function place<Item>(row: readonly Area<Item>[], room: Box): { placed: Placed<Item>[]; rest: Box } {
    const sum = row.reduce((total, each) => total + each.area, 0);
    const upright = room.width >= room.height; // the row stands at the left, else lies at the top
    const thick = sum / (upright ? room.height : room.width);
    let at = upright ? room.y : room.x;
    const placed = row.map(({ item, area }) => {
        const long = area / thick;
        const box = upright ? { x: room.x, y: at, width: thick, height: long } : { x: at, y: room.y, width: long, height: thick };
        at += long;
        return { item, box };
    });
    const rest = upright
        ? { x: room.x + thick, y: room.y, width: Math.max(room.width - thick, 0), height: room.height }
        : { x: room.x, y: room.y + thick, width: room.width, height: Math.max(room.height - thick, 0) };
    return { placed, rest };
}

export function squarified<Item extends { value: number }>(items: readonly Item[], room: Box): Placed<Item>[] {
    const some = items.filter((item) => item.value > 0).sort((a, b) => b.value - a.value);
    const total = some.reduce((sum, item) => sum + item.value, 0);
    if (total === 0 || room.width <= 0 || room.height <= 0) return [];
    const scale = (room.width * room.height) / total;
    const all: Placed<Item>[] = [];
    let row: Area<Item>[] = [];
    let left = room;
    for (const item of some) {
        const next = { item, area: item.value * scale };
        const side = Math.min(left.width, left.height);
        if (row.length > 0 && worst([...row, next], side) > worst(row, side)) {
            const { placed, rest } = place(row, left);
            all.push(...placed);
            left = rest;
            row = [next];
        } else {
            row.push(next);
        }
    }
    all.push(...place(row, left).placed);
    return all;
}
