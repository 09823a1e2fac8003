// Draws every chart of the page again with the chart library, so that values
// can be read by pointer. Without this script, or if it fails, the drawings
// that are already there stay. Colours are names of tokens in the style sheet.
(() => {
  "use strict";
  if (!window.Plotly) return;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const paint = (value) => {
    if (typeof value === "string") return /^@[a-z-]+$/.test(value) ? token(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map(paint);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, paint(part)]));
  };
  const draw = (chart) => {
    const live = chart.querySelector(".live");
    const drawing = chart.querySelector(".drawing");
    const source = chart.querySelector('script[type="application/json"]');
    if (!live || !source) return;
    try {
      const plot = paint(JSON.parse(source.textContent));
      const family = getComputedStyle(document.body).fontFamily;
      plot.layout.font = { family, color: token("muted"), size: 12 };
      plot.layout.hoverlabel = {
        bgcolor: token("surface"), bordercolor: token("muted"),
        font: { family, color: token("text"), size: 13 },
      };
      // On a narrow screen every second name has room, counted from the end.
      const axis = plot.layout.xaxis;
      if (chart.clientWidth < 480 && axis && axis.tickvals && axis.tickvals.length > 5) {
        const keep = (_, at, all) => (all.length - 1 - at) % 2 === 0;
        axis.tickvals = axis.tickvals.filter(keep);
        axis.ticktext = axis.ticktext.filter(keep);
      }
      live.hidden = false;
      drawing.classList.add("replaced");
      window.Plotly.react(live, plot.data, plot.layout, plot.config);
    } catch (error) {
      live.hidden = true;
      drawing.classList.remove("replaced");
    }
  };
  const drawAll = () => document.querySelectorAll(".chart").forEach(draw);
  drawAll();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
