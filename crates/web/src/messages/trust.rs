//! How far to trust it, in plain words.

messages! {
    NAME = "Trust", "可信程度";
    QUESTION = "How far can this be trusted?", "这些结论有多可信？";

    PLAIN_TITLE = "Of 100 customers it names, about {named} left in the test",
        "在检验中，系统标出的每 100 位客户里约有{named}位流失";
    PLAIN_ANSWER = "Picking 100 at random would have found about {base}. Of all who left, it named {found}.",
        "随机挑选 100 位约有{base}位流失。在全部流失客户中，系统标出了{found}。";
    NAMED = "of 100 named left", "位流失（标出的每 100 位）";
    AT_RANDOM = "of 100 at random left", "位流失（随机的每 100 位）";
    HOW_LATER = "It was tested on {n} {n:customer|customers} at a later date than anything it had learned from, with {gap} between.",
        "检验使用{n}位客户在更晚日期的数据，与学习数据相隔{gap}。";
    HOW_LATER_NO_GAP = "It was tested on {n} {n:customer|customers} at a later date than anything it had learned from.",
        "检验使用{n}位客户在更晚日期的数据，学习时从未见过。";
    ACTIVE_ONLY = "All of them were still active on the day of the test: whoever had been silent for longer than counts as lost is told without a model, and is not counted here.",
        "他们在检验当日都仍活跃：沉默时间已达流失标准的客户无需模型即可看出，不计入此处。";
    UNDER_CONTRACT_ONLY = "All of them were under contract on the day of the test: whose contracts had ended is known without a model, and is not counted here.",
        "他们在检验当日都在合约期内：合同已终止的客户无需模型即可看出，不计入此处。";
    HOW_CV = "The table has no dates, so it was tested on parts of the table it had not learned from ({folds} parts): {n} {n:customer|customers}. A test on later time would be harder.",
        "表中没有日期，因此在未参与学习的部分上检验（分为{folds}份），共{n}位客户。若以更晚的时间检验，结果会更难达到。";
    HOW_CV_SHORT = "The history is too short for a test on later time, so it was tested on customers it had not learned from ({folds} parts): {n} {n:customer|customers}. A test on later time would be harder.",
        "历史数据太短，无法以更晚的时间检验，因此在未参与学习的客户上检验（分为{folds}份），共{n}位客户。若以更晚的时间检验，结果会更难达到。";
    HOW_NONE = "There were too few data for a test: take the probabilities as a first guess.",
        "数据太少，无法检验：请把概率看作初步估计。";
    PLAIN_INTERVAL = "With {n} named, the true share lies within {interval}.", "共标出{n}位，真实比例介于{interval}。";
    PLAIN_NOBODY_TITLE = "It named nobody in the test, so there is nothing to count",
        "在检验中没有标出任何客户，因此无从统计";
    BETTER = "It is better than the plain rule: it ranks a customer who leaves above one who stays in {auc} of pairs, the rule in {rule}.",
        "优于简单规则：在一位流失、一位留下的配对中，它有{auc}排对先后，简单规则为{rule}。";
    NOT_BETTER = "It could not be told from the plain rule: it ranks a customer who leaves above one who stays in {auc} of pairs, the rule in {rule}.",
        "与简单规则相比没有明显差别：在一位流失、一位留下的配对中，它有{auc}排对先后，简单规则为{rule}。";
    WORSE = "It is worse than the plain rule: it ranks a customer who leaves above one who stays in {auc} of pairs, the rule in {rule}.",
        "不如简单规则：在一位流失、一位留下的配对中，它有{auc}排对先后，简单规则为{rule}。";

    SMALL_TITLE = "There are few data, and this is what they can carry", "数据较少，只能支持以下结论";

    LEAKS_TITLE = "{n} {n:column knows|columns know} the outcome too well", "有{n}列与结果的关联过强";
    LEAKS_ANSWER = "A column that nearly tells the outcome by itself was probably filled in afterwards; a model that learns from it fails in earnest.",
        "单独一列几乎就能说明结果，往往是事后填写的；依赖它的模型在实际使用中会失效。";
    LEAKS_TABLE = "Columns that know too much", "关联过强的列";
    LEAKS_NONE = "No column knows the outcome too well", "没有任何一列与结果的关联过强";
    LEAKS_NONE_ANSWER = "Each was tried on its own; none tells the outcome nearly by itself.",
        "已逐列检查，没有一列能单独说明结果。";
    COL_COLUMN = "Column", "列";
    COL_ALONE = "ROC AUC on its own", "单列 ROC AUC";
    COL_DONE = "What was done", "处理";
    LEFT_OUT = "left out of the model", "未纳入模型";
    LEFT_IN = "still in the model", "仍在模型中";
}
