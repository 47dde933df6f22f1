namespace PoA.Nostr.Nsite.Storefront;

/// <summary>
/// The storefront's one style sheet, in the hue of the agent's face. Lightness is fixed in OKLCH, where the same number
/// looks equally light in every hue: so contrast holds for every key (WCAG AA, both schemes).
/// </summary>
static class StorefrontStyle
{
    public static string Of(string pubkey) => $":root{{--hue:{AgentFace.OklchHueOf(pubkey)}}}\n{Sheet}";

    const string Sheet = """
        :root {
          color-scheme: light dark;
          --ground: #f8f8fa; --card: #fff; --ink: #1b1b1f; --soft: #56565f; --line: #e0e0e6;
          --accent: #4338ca; --on-accent: #fff; --wash: #eef0fb;
        }
        @supports (color: oklch(0 0 0)) {
          :root { --accent: oklch(.46 .15 var(--hue)); --wash: oklch(.955 .025 var(--hue)); }
        }
        @media screen and (prefers-color-scheme: dark) {
          :root { --ground: #131316; --card: #1d1d21; --ink: #f0f0f3; --soft: #b0b0ba; --line: #35353c;
            --accent: #b4b8ff; --on-accent: #16161a; --wash: #24242b; }
          @supports (color: oklch(0 0 0)) {
            :root { --accent: oklch(.82 .11 var(--hue)); --wash: oklch(.26 .03 var(--hue)); }
          }
        }
        *, ::before, ::after { box-sizing: border-box; }
        html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; padding: clamp(1.25rem, 5vw, 3.5rem) clamp(1rem, 4vw, 2rem) 3rem; max-width: 58rem;
          background: var(--ground); color: var(--ink);
          font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        h1, h2, h3 { line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; }
        h1 { font-size: clamp(2rem, 7vw, 3rem); margin: 0 0 .5rem; letter-spacing: -.03em; }
        h1, h2, h3, p, li, dd, th, .button { overflow-wrap: anywhere; }
        h2 { font-size: 1.5rem; margin: 3rem 0 1rem; }
        h3 { font-size: 1.125rem; margin: 0; }
        p { margin: .6rem 0; }
        a { color: var(--accent); text-underline-offset: .18em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
          font-size: .875em; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        header { display: flex; gap: clamp(1rem, 4vw, 2.25rem); align-items: flex-start; }
        header > div, .shelf li > div { min-width: 0; }
        .face { flex: none; border-radius: 24%; box-shadow: 0 8px 24px rgb(0 0 0 / .14); }
        .kicker { margin: 0 0 .35rem; color: var(--accent); font-weight: 600; font-size: .9375rem; }
        .lead { margin: 0; font-size: 1.1875rem; color: var(--soft); max-width: 38rem; text-wrap: pretty; }
        .facts { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.1rem 0; padding: 0; }
        .facts li { background: var(--wash); border-radius: 2rem; padding: .2rem .8rem; font-size: .9375rem; }
        .button { display: inline-block; background: var(--accent); color: var(--on-accent); font-weight: 600;
          padding: .6rem 1.3rem; border-radius: .6rem; text-decoration: none; }
        .button:hover { text-decoration: underline; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
          padding: clamp(1rem, 3vw, 1.5rem); }
        article.card { position: relative; }
        article + article { margin-top: 1rem; }
        article h3 { padding-right: 8rem; font-size: 1.25rem; }
        .price { position: absolute; top: clamp(1rem, 3vw, 1.5rem); right: clamp(1rem, 3vw, 1.5rem); margin: 0;
          font-weight: 700; color: var(--accent); }
        .price span { font-weight: 400; color: var(--soft); font-size: .9375rem; }
        table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .9375rem; }
        caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0;
          border-top: 1px solid var(--line); }
        th { font-weight: 400; width: 9.5rem; }
        td { overflow-wrap: anywhere; }
        .terms { display: flex; flex-wrap: wrap; gap: .35rem 1.75rem; margin: 1rem 0; font-size: .9375rem; }
        .terms dt { color: var(--soft); display: inline; }
        .terms dt::after { content: ": "; }
        .terms dd { display: inline; margin: 0; }
        summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: .25rem 0; }
        pre { background: var(--wash); border-radius: .6rem; padding: .9rem 1rem; margin: .6rem 0; line-height: 1.5;
          white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; }
        .fine { color: var(--soft); font-size: .9375rem; }
        .key { overflow-wrap: anywhere; }
        .ways { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
        .qr { display: block; margin: 1rem auto; background: #fff; border: 1px solid var(--line); border-radius: .6rem;
          padding: .35rem; image-rendering: pixelated; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); gap: 1rem;
          margin: 0; }
        .figures div { background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
          padding: 1rem 1.25rem; }
        .figures dt { color: var(--soft); }
        .figures dd { margin: 0; font-size: 2rem; font-weight: 700; line-height: 1.25;
          font-variant-numeric: tabular-nums; }
        .figures small { display: block; font-size: .9375rem; font-weight: 400; color: var(--soft); }
        .checks, .steps { margin: 0; padding-inline-start: 1.2rem; }
        .steps { margin-bottom: 1.25rem; max-width: 44rem; }
        .steps li { margin-bottom: .35rem; padding-inline-start: .25rem; }
        .checks li { margin-bottom: .6rem; }
        footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft);
          font-size: .9375rem; }
        .shelf { list-style: none; margin: 2rem 0 0; padding: 0; display: grid; gap: 1rem; }
        .shelf li { display: flex; gap: 1.25rem; align-items: flex-start; }
        .shelf h2 { margin: 0; font-size: 1.25rem; }
        .shelf p:last-child { margin-bottom: 0; }
        .missing { text-align: center; padding-top: 12vh; }
        @media (max-width: 34rem) {
          header { flex-direction: column; }
          header .face { width: 88px; height: 88px; }
          article h3 { padding-right: 0; }
          .price { position: static; }
          th { width: 38%; }
          .price { overflow-wrap: anywhere; }
        }
        @media print {
          body { padding: 0; max-width: none; font-size: 10.5pt; }
          .button, .skip { display: none; }
          .card, .figures div, .facts li, pre { break-inside: avoid; border: 1px solid var(--line); }
          h2, h3 { break-after: avoid; }
          .face { box-shadow: none; }
        }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }

        """;
}
