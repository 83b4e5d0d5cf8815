// Chooses the filters of the page of measures in a browser that runs no script, and says what is wrong.
//
//     node choose.mjs PAGE

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const faults = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
const tab = await context.newPage();
await tab.goto(pathToFileURL(process.argv[2]).href);
const shows = async (what, selector, wanted) => {
  const seen = await tab.locator(selector).first().isVisible();
  if (seen !== wanted) faults.push(`${what}: ${selector} is ${seen ? "shown" : "hidden"}`);
};
const [first, second] = ['.group[data-group="1"]', '.group[data-group="2"]'];
const [leading, lagging] = ['[data-side="leading"]', '[data-side="lagging"]'].map((side) => `${first} ${side}`);
for (const selector of [first, second, leading, lagging]) await shows("at first", selector, true);
await tab.check("#only-1");
await shows("the first chosen", first, true);
await shows("the first chosen", second, false);
await tab.check("#only-0");
await tab.check("#lagging");
await shows("lagging chosen", second, true);
await shows("lagging chosen", leading, false);
await shows("lagging chosen", lagging, true);
await tab.keyboard.press("ArrowUp");
await shows("leading by the keyboard", leading, true);
await shows("leading by the keyboard", lagging, false);
await browser.close();
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
