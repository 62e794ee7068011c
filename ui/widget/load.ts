// The scripts that are asked for when they are needed, from where this one came from.

export const loadMore = (): Promise<typeof import("./more")> => import("./more");
export const loadVous = (): Promise<typeof import("./vous")> => import("./vous");
export const loadStream = (): Promise<typeof import("./stream")> => import("./stream");
