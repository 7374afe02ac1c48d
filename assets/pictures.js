// PNG and SVG of the map or of the whole board at print size, made in the browser from Plotly's own copy.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const SIZE = { width: 1200, height: 900 }; // of one panel, in px; PNG at twice that
  const TYPE = 11; // of the caption, px for each column of panels

  downslope.picture = async (what) => {
    const [graph, format] = what.split(" ");
    const names = graph === "board" ? Object.keys(downslope.graphs) : [graph];
    for (const name of names) downslope.update(downslope.graphs[name]);
    const parts = await Promise.all(names.map((name) => Plotly.toImage(downslope.graphs[name].gd, { format: "svg", ...SIZE })));
    const svg = sheet(parts, names.length > 1 ? 2 : 1);
    save(format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg), `downslope-${graph}.${format}`);
  };

  // the panels side by side over a caption with the settings
  function sheet(parts, columns) {
    const rows = Math.ceil(parts.length / columns);
    const size = columns * TYPE, width = columns * SIZE.width;
    const lines = caption(Math.floor((width - 48) / (0.62 * size)));
    const top = rows * SIZE.height, height = top + Math.round((1.5 * lines.length + 1.5) * size);
    const style = getComputedStyle(document.documentElement);
    const images = parts.map((uri, i) => {
      const [x, y] = [(i % columns) * SIZE.width, Math.floor(i / columns) * SIZE.height];
      const markup = decodeURIComponent(uri.slice(uri.indexOf(",") + 1));
      return markup.replace("<svg ", `<svg x="${x}" y="${y}" `);
    });
    const text = lines.map((line, i) => `<tspan x="24" y="${top + (1.5 * i + 1.75) * size}">${escaped(line)}</tspan>`);
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" fill="${style.getPropertyValue("--panel")}"/>${images.join("")}
<text font-family="sans-serif" font-size="${size}" fill="${style.getPropertyValue("--soft")}" xml:space="preserve">${text.join("")}</text></svg>`;
  }

  // what the page is about, every run and its settings, and the address, in lines of at most so many characters
  function caption(most) {
    const runs = [...document.querySelectorAll(".run-title")].map((row) =>
      [...row.querySelectorAll(".label, .summary, .end")].map((part) => part.textContent).join("  "));
    const surface = document.getElementById('{"choice":"surface"}').value;
    const lines = [];
    for (const piece of [document.title, surface, ...runs])
      if (lines.length && lines.at(-1).length + piece.length + 5 <= most) lines[lines.length - 1] += `  ·  ${piece}`;
      else lines.push(piece);
    const address = location.search || "?";
    for (let at = 0; at < address.length; at += most) lines.push(address.slice(at, at + most));
    return lines;
  }

  const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

  async function raster(svg) {
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * picture.width, height: 2 * picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  function save(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
})();
