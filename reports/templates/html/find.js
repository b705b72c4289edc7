(function () {
  var box = document.getElementById("find"), said = document.getElementById("found"), list = document.getElementById("places");
  var fold = function (text) { return text.normalize("NFD").replace(/[^\p{L}\p{N} ]/gu, "").toLowerCase(); };
  var items = Array.from(list.querySelectorAll("li"), function (item) {
    var text = fold(item.textContent);
    return { item: item, text: text, words: text.split(" ").filter(Boolean), name: fold(item.querySelector("a").textContent) };
  });
  // How many letters must change, be left out, put in or swapped to make one word of another, or of the beginning of it.
  var apart = function (asked, word, whole) {
    var rows = [Array.from({ length: word.length + 1 }, function (_, at) { return at; })];
    for (var i = 1; i <= asked.length; i++) {
      var row = [i];
      for (var j = 1; j <= word.length; j++) {
        var differs = asked[i - 1] === word[j - 1] ? 0 : 1;
        row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + differs);
        if (i > 1 && j > 1 && asked[i - 1] === word[j - 2] && asked[i - 2] === word[j - 1]) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
      }
      rows.push(row);
    }
    return whole ? rows[asked.length][word.length] : Math.min.apply(null, rows[asked.length]);
  };
  // A spelling is near with one letter wrong, in a long word with two; the shortest words must be right.
  var near = function (words, entry) {
    return words.reduce(function (sum, asked) {
      var allowed = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
      var least = Math.min.apply(null, entry.words.map(function (word) { return apart(asked, word); }));
      return least <= allowed ? sum + least : Infinity;
    }, 0);
  };
  var show = function (shown) { items.forEach(function (entry) { entry.item.hidden = !shown.includes(entry); }); };
  var look = function () {
    var words = fold(box.value).split(" ").filter(Boolean);
    var shown = items.filter(function (entry) { return words.every(function (word) { return entry.text.includes(word); }); });
    if (words.length && !shown.length) {
      var ranked = items.map(function (entry) { return [near(words, entry), entry]; }).filter(function (pair) { return pair[0] < Infinity; });
      var least = Math.min.apply(null, ranked.map(function (pair) { return pair[0]; }));
      shown = ranked.filter(function (pair) { return pair[0] === least; }).map(function (pair) { return pair[1]; });
      said.textContent = shown.length
        ? "No place is spelt so. Nearest spellings: " + shown.length
        : "No place found. Try the district or council, the county, the police force or the region; towns, streets and postcodes are not listed.";
    } else said.textContent = words.length ? "Places found: " + shown.length : "";
    show(shown);
    list.open = words.length > 0 && shown.length > 0;
    // The place whose name is nearest first: "Norfolk", and not "King's Lynn and West Norfolk".
    var asked = words.join(" ");
    return shown.slice().sort(function (a, b) { return apart(asked, a.name, true) - apart(asked, b.name, true); });
  };
  box.addEventListener("input", look);
  box.form.addEventListener("submit", function (event) {
    event.preventDefault();
    var shown = look();
    if (shown.length && box.value.trim()) location.href = shown[0].item.querySelector("a").href;
  });
  box.form.hidden = false;
})();
