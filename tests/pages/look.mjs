// Looks at pages in a browser, and says what is wrong with each as lines on standard output.
//
//     node look.mjs OUT PAGE…
//
// Every page is opened at the widths of a phone, a tablet and a desk, light and dark: axe finds nothing, nothing is
// loaded, said on the console or run, the page is no wider than its window. Pictures and a PDF go to OUT.

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [out, ...pages] = process.argv.slice(2);
const faults = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

for (const page of pages) {
  const name = basename(page, ".html");
  const address = pathToFileURL(resolve(page)).href;
  for (const [width, height] of [[360, 740], [768, 1024], [1280, 900]]) {
    for (const colorScheme of ["light", "dark"]) {
      const at = `${name} ${width} ${colorScheme}`;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const tab = await context.newPage();
      tab.on("request", (request) => {
        if (request.url() !== address && !request.url().startsWith("data:")) faults.push(`${at}: asks for ${request.url()}`);
      });
      tab.on("console", (message) => faults.push(`${at}: console: ${message.text()}`));
      tab.on("pageerror", (error) => faults.push(`${at}: error: ${error}`));
      tab.on("dialog", (dialog) => { faults.push(`${at}: dialog: ${dialog.message()}`); dialog.dismiss(); });
      await tab.goto(address);
      await tab.evaluate(axe);
      const found = await tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const { id, help, nodes } of found.violations) {
        faults.push(`${at}: axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      }
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) faults.push(`${at}: ${wide} px wider than the window`);
      const alien = await tab.evaluate(() => document.querySelectorAll("script,iframe,object,embed,form,base,[style]").length);
      if (alien > 0) faults.push(`${at}: ${alien} elements that no page of ours has`);
      await tab.screenshot({ path: join(out, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      if (width === 1280 && colorScheme === "light") {
        await tab.keyboard.press("Tab");
        const first = await tab.evaluate(() => document.activeElement?.getAttribute("href"));
        if (first !== "#content") faults.push(`${at}: the first stop of the keyboard is ${first}, not the skip link`);
        // A4 without its margins: what does not fit is cut off.
        await tab.emulateMedia({ media: "print" });
        await tab.setViewportSize({ width: 657, height: 900 });
        const cut = await tab.evaluate(() => [...document.querySelectorAll(".scroll,pre,figure,main>section")]
          .filter((one) => one.scrollWidth > one.clientWidth + 1)
          .map((one) => `${one.textContent.trim().slice(0, 60)} (${one.scrollWidth} of ${one.clientWidth} px)`));
        for (const what of cut) faults.push(`${at}: cut off on paper: ${what}`);
        const pdf = await tab.pdf({ preferCSSPageSize: true, printBackground: false, tagged: true, outline: true });
        writeFileSync(join(out, `${name}.pdf`), pdf);
        if (!pdf.subarray(0, 5).equals(Buffer.from("%PDF-")) || pdf.length < 2000) faults.push(`${at}: no PDF`);
      }
      await context.close();
    }
  }
}
await browser.close();
for (const fault of faults) console.log(fault);
console.log(`looked at ${pages.length} pages: ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
