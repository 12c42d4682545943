import type { Json } from '../../src/mcp/host.ts';

/** What any official client has to find at an MCP endpoint, whichever era it speaks. */
export interface Expectations {
  /** At least these tools are listed. */
  readonly tools: readonly string[];
  /** A call that works, and part of its structured content. */
  readonly call: { readonly name: string; readonly args: Json; readonly structured: Json };
  /** A call whose error text teaches. */
  readonly badArguments: { readonly name: string; readonly args: Json; readonly says: RegExp };
  readonly resource: { readonly uri: string; readonly says: RegExp };
  readonly unknownResource: string;
  readonly prompt: {
    readonly name: string;
    readonly args: Readonly<Record<string, string>>;
    readonly says: RegExp;
  };
}

/** What the fixtures answer. */
export const fixtureExpectations: Expectations = {
  tools: ['divide', 'test_simple_text'],
  call: { name: 'divide', args: { dividend: 6, divisor: 3 }, structured: { quotient: 2 } },
  badArguments: {
    name: 'divide',
    args: { dividend: 6 },
    says: /^invalid_params: dividend and divisor must be numbers, e\.g\./,
  },
  resource: { uri: 'test://static-text', says: /content of the static text resource/ },
  unknownResource: 'test://nowhere',
  prompt: { name: 'test_prompt_with_arguments', args: { arg1: 'a', arg2: 'b' }, says: /arg1='a', arg2='b'/ },
};

/** What the product answers to a project’s reading key, whatever was tracked. */
export const productExpectations: Expectations = {
  tools: ['query_events', 'get_stats', 'top_sources', 'funnel'],
  call: { name: 'get_stats', args: { metric: 'count' }, structured: { resolved: { metric: 'count' } } },
  badArguments: { name: 'get_stats', args: { metric: 'medals' }, says: /uniques/ },
  resource: { uri: 'schema://events', says: /schema:\/\/events/ },
  unknownResource: 'schema://nowhere',
  prompt: { name: 'weekly_report', args: {}, says: /weekly report/ },
};

/** What it answers to an account’s key, whatever was tracked in its projects. */
export const accountExpectations: Expectations = {
  ...productExpectations,
  tools: [...productExpectations.tools, 'list_projects', 'compare_projects'],
  call: {
    name: 'compare_projects',
    args: { metric: 'count' },
    structured: { resolved: { metric: 'count' } },
  },
  badArguments: { name: 'compare_projects', args: { metric: 'medals' }, says: /uniques/ },
  resource: { uri: 'projects://all', says: /projects:\/\/all.*project_id/s },
  unknownResource: 'projects://nowhere',
  prompt: { name: 'compare_projects', args: {}, says: /list_projects/ },
};
