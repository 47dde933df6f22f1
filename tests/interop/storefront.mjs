// Opens a page in Chromium as visitors do: in the light and in the dark, wide and on phones, without script.
// Arguments: the program, the address, a folder for screenshots ("" for none), and the views. Out: one line a view.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import jsqr from 'jsqr'
import { say } from './lines.mjs'

const [program, address, shots, ...views] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const profile = await mkdtemp(join(tmpdir(), 'poa-chromium-'))
const browser = await puppeteer.launch({
  executablePath: program,
  userDataDir: profile,
  timeout: 180_000,
  protocolTimeout: 300_000,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars',
  ],
})

/** What the page loads and what it complains of, noted from the start. */
async function open(scheme, width, script) {
  const page = await browser.newPage()
  page.setDefaultNavigationTimeout(180_000)
  const foreign = []
  const faults = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.origin !== new URL(address).origin) foreign.push(url.href)
  })
  page.on('requestfailed', (request) => faults.push(`${request.url()} ${request.failure()?.errorText}`))
  page.on('console', (line) => ['error', 'warn'].includes(line.type()) && faults.push(line.text()))
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.setViewport({ width, height: 900, deviceScaleFactor: 1 })
  if (!script) await page.setJavaScriptEnabled(false)
  const answer = await page.goto(address, { waitUntil: 'networkidle0' })
  return { page, foreign, faults, status: answer.status() }
}

/** The text of every QR code that is shown, read from its pixels. */
async function codes(page) {
  const found = []
  for (const image of await page.$$('img.qr')) {
    const { data, width } = await image.evaluate(async (element) => {
      const size = 360
      const canvas = new OffscreenCanvas(size, size)
      const context = canvas.getContext('2d')
      context.drawImage(element, 0, 0, size, size)
      return { data: [...context.getImageData(0, 0, size, size).data], width: size }
    })
    found.push(jsqr(Uint8ClampedArray.from(data), width, width)?.data ?? null)
  }
  return found
}

/** The least contrast over the hues of all keys, of what stands on what: 4.5 is WCAG's AA. */
const leastContrast = (page) => page.evaluate(() => {
  const root = document.documentElement
  const probe = document.body.appendChild(document.createElement('i'))
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const light = (name) => {
    probe.style.color = `var(--${name})`
    context.fillStyle = getComputedStyle(probe).color
    context.fillRect(0, 0, 1, 1)
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data]
      .map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const pairs = [
    ['accent', 'card'], ['accent', 'ground'], ['on-accent', 'accent'], ['ink', 'wash'], ['ink', 'card'],
    ['soft', 'card'], ['soft', 'ground'],
  ]
  let least = { ratio: 21 }
  for (let hue = 0; hue < 360; hue += 5) {
    root.style.setProperty('--hue', hue)
    for (const pair of pairs) {
      const [dark, bright] = pair.map(light).sort((a, b) => a - b)
      const ratio = (bright + 0.05) / (dark + 0.05)
      if (ratio < least.ratio) least = { ratio, hue, pair }
    }
  }
  root.style.removeProperty('--hue')
  probe.remove()
  return least
})

try {
  for (const view of views) {
    const [scheme, width] = [view.split('-')[0], Number(view.split('-')[1])]
    const { page, foreign, faults, status } = await open(scheme, width, true)
    if (shots) await page.screenshot({ path: join(shots, `storefront-${view}.webp`), fullPage: true, type: 'webp', quality: 82 })
    const seen = await page.evaluate(() => ({
      title: document.title,
      scrollWidth: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
      broken: [...document.images].filter((image) => !image.complete || image.naturalWidth === 0).map((i) => i.src),
      scripts: document.scripts.length,
    }))
    const read = await codes(page)
    const contrast = await leastContrast(page)
    // The checker is put in from outside; the page's own policy would not let it run.
    const session = await page.createCDPSession()
    await session.send('Runtime.evaluate', { expression: axe })
    const result = await page.evaluate(async () => {
      const all = await globalThis.axe.run(document)
      const short = (list) => list.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) }))
      const contrast = all.passes.find((pass) => pass.id === 'color-contrast')
      return {
        violations: short(all.violations),
        undecided: short(all.incomplete),
        contrasts: contrast ? contrast.nodes.length : 0,
      }
    })
    say({ view, status, ...seen, foreign, faults, codes: read, contrast, ...result })
    await page.close()
  }

  const { page, foreign, faults, status } = await open('light', 1100, false)
  for (const closed of await page.$$('article details:not([open]) summary')) await closed.click()
  const seen = await page.evaluate(() => ({
    title: document.title,
    heading: document.querySelector('h1').innerText,
    jobs: [...document.querySelectorAll('article pre')].filter((block) => block.checkVisibility()).map((b) => b.innerText),
  }))
  const tree = await page.accessibility.snapshot({ interestingOnly: true })
  const names = []
  const walk = (node) => {
    names.push(`${node.role}: ${node.name ?? ''}`)
    for (const child of node.children ?? []) walk(child)
  }
  walk(tree)
  say({ view: 'without script', status, ...seen, foreign, faults, names })
} finally {
  await browser.close()
  await rm(profile, { recursive: true, force: true })
}
