(function () {
  var box = document.getElementById("find"), said = document.getElementById("found"), list = document.getElementById("places");
  var fold = function (text) { return text.normalize("NFD").replace(/[^\p{L}\p{N} ]/gu, "").toLowerCase(); };
  var items = Array.from(list.querySelectorAll("li"), function (item) { return [item, fold(item.textContent)]; });
  var look = function () {
    var words = fold(box.value).split(" ").filter(Boolean);
    var shown = items.filter(function (pair) {
      var fits = words.every(function (word) { return pair[1].includes(word); });
      pair[0].hidden = !fits;
      return fits;
    });
    list.open = words.length > 0;
    said.textContent = words.length ? "Places found: " + shown.length : "";
    return shown;
  };
  box.addEventListener("input", look);
  box.form.addEventListener("submit", function (event) {
    event.preventDefault();
    var shown = look();
    if (shown.length && box.value.trim()) location.href = shown[0][0].querySelector("a").href;
  });
  box.form.hidden = false;
})();
