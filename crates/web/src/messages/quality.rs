//! How good the data are, by rule and source.

messages! {
    HOLD = "Every rule on the data holds", "所有数据规则均通过";
    FAIL = "{n} {n:rule on the data does|rules on the data do} not hold",
        "有{n}条数据规则未通过";
    ANSWER = "Each source has a score from 0 to 100: the mean of its rules, graver ones weighing more, and no better than its worst critical rule.",
        "每个数据源有 0 到 100 的得分：各规则得分的加权平均，越严重的规则权重越大，且不高于得分最低的严重规则。";
    SCORES_TABLE = "Score by source", "各数据源得分";
    FAILED_TABLE = "Rules that do not hold", "未通过的规则";
    COL_SOURCE = "Source", "数据源";
    COL_SCORE = "Score", "得分";
    COL_BEFORE = "Before", "上次";
    COL_RULES = "Rules", "规则数";
    COL_FAILED = "Not held", "未通过";
    COL_RULE = "Rule", "规则";
    COL_WHERE = "Where", "位置";
    COL_SHARE = "Share", "占比";
    COL_MAY = "May", "允许";
    COL_MORE = "More", "说明";
}
