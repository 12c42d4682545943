/** The account of who installs the product. */
export const firstAccount = { name: 'default', plan: 'unlimited', operator: true } as const;

/** Its first project. */
export const firstProject = { slug: 'demo', name: 'Demo' } as const;
