namespace PoA.Nostr.Nsite.Storefront;

/// <summary>The storefront's one style sheet. Colours hold WCAG AA contrast in both schemes.</summary>
static class StorefrontStyle
{
    public const string Css = """
        :root {
          --ground: #fbfaf7; --card: #ffffff; --ink: #1d1b18; --soft: #5b564e; --line: #ddd8cf;
          --accent: #8a4b00; --good: #1f6b3a; color-scheme: light dark;
        }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #16140f; --card: #201d17; --ink: #f1ede4; --soft: #b6afa2; --line: #3a352c;
            --accent: #ffb454; --good: #7fd69b; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 52rem; background: var(--ground); color: var(--ink);
          font: 1.0625rem/1.6 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        a { color: var(--accent); text-underline-offset: .15em; }
        a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; }
        header { display: flex; gap: 1.5rem; align-items: flex-start; margin-bottom: 1rem; }
        .face { border-radius: 1.25rem; flex: none; }
        h1 { font-size: clamp(1.75rem, 6vw, 2.5rem); line-height: 1.15; margin: 0 0 .25rem; letter-spacing: -.02em; }
        h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.0625rem; margin: 0; display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem; }
        .lead { margin: 0; font-size: 1.125rem; color: var(--soft); }
        code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .875em; }
        .key { margin: .5rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
        .offers { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; }
        .offers > li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; }
        .offers p { margin: .4rem 0; }
        .price { color: var(--good); font-weight: 650; white-space: nowrap; }
        .fine { color: var(--soft); font-size: .9375rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem; margin: 0; }
        .figures dt { color: var(--soft); font-size: .9375rem; }
        .figures dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
        .figures small { font-size: .875rem; font-weight: 400; color: var(--soft); display: block; }
        .params { margin: .5rem 0; font-size: .9375rem; }
        .params > div { display: flex; gap: .75rem; }
        .params dt { flex: 0 0 8rem; overflow-wrap: anywhere; }
        .params dd { margin: 0; color: var(--soft); }
        summary { cursor: pointer; color: var(--accent); }
        pre { background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem;
          overflow-x: auto; user-select: all; -webkit-user-select: all; }
        .hire { display: grid; grid-template-columns: auto 1fr; gap: 1.5rem; align-items: start; }
        .hire figure { margin: 0; text-align: center; }
        .hire figure img { background: #fff; padding: .5rem; border-radius: .5rem; border: 1px solid var(--line); }
        figcaption { color: var(--soft); font-size: .875rem; }
        .hire ol, section ul { margin: 0; padding-left: 1.25rem; }
        .hire li, section ul > li { margin-bottom: .5rem; overflow-wrap: anywhere; }
        .offers > li { margin-bottom: 0; }
        footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9375rem; }
        @media (max-width: 34rem) {
          header { gap: 1rem; } .face { width: 64px; height: 64px; border-radius: .9rem; }
          .hire { grid-template-columns: 1fr; justify-items: center; } .params > div { display: block; }
        }

        """;
}
