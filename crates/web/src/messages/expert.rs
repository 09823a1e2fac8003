//! The expert page.

messages! {
    NAME = "Expert page", "专家页";
    KICKER = "For experts", "专家视图";
    QUESTION = "The measures behind the trust", "支撑可信程度的指标";

    PLAIN_RULE = "Plain rule", "简单规则";
    LOGISTIC = "Logistic regression", "逻辑回归";
    TREE = "Decision tree", "决策树";
    FOREST = "Random forest", "随机森林";
    BOOSTING = "Gradient boosting", "梯度提升";
    SVM = "Support-vector machine", "支持向量机";

    IN_USE = "{model} (in use)", "{model}（使用中）";
    METRICS_TITLE = "{model} has the highest ROC AUC: {auc}", "ROC AUC 最高的是{model}：{auc}";
    METRICS_TITLE_NONE = "Metrics of each model", "各模型的指标";
    METRICS_ANSWER = "On the test data; the marked model is the one in use. Accuracy, precision, recall and F1 are at the threshold.",
        "均基于检验数据；带标记的模型为当前使用的模型。准确率、精确率、召回率和 F1 按阈值计算。";
    METRICS_TABLE = "Models and metrics", "模型与指标";
    COL_METRIC = "Metric", "指标";
    METRIC_ROC_AUC = "ROC AUC", "ROC AUC（曲线下面积）";
    METRIC_PR_AUC = "PR AUC", "PR AUC（曲线下面积）";
    METRIC_LOG_LOSS = "Log-loss (nats)", "对数损失（奈特）";
    METRIC_BRIER = "Brier score", "布里尔分数";
    METRIC_ECE = "Calibration error (ECE)", "校准误差（ECE）";
    METRIC_ACCURACY = "Accuracy", "准确率";
    METRIC_PRECISION = "Precision", "精确率";
    METRIC_RECALL = "Recall", "召回率";
    METRIC_F1 = "F1", "F1";
    LOWER_IS_BETTER = "{metric}, lower is better", "{metric}，越低越好";

    ROC_TITLE = "To find half of those who leave, {share} of those who stay are named too",
        "要找出一半流失客户，会误标{share}的留下客户";
    ROC_TITLE_PLAIN = "The ROC curve", "ROC 曲线";
    ROC_ANSWER = "The further a curve bends to the upper left, the better the model ranks.",
        "曲线越靠近左上角，排序能力越强。";
    ROC_CHART = "ROC curves", "ROC 曲线";
    COL_FPR = "Of those who stay, named", "留下客户中被标出的比例";
    COL_TPR = "Of those who leave, named", "流失客户中被标出的比例";
    ROC_SAYS = "{model}: finds {y} at {x} false alarms", "{model}：误报{x}时找出{y}";
    CHANCE = "At random", "随机";
    PR_TITLE = "To find half of those who leave, {share} of those named are right",
        "要找出一半流失客户，标出的正确率为{share}";
    PR_TITLE_PLAIN = "The precision-recall curve", "精确率－召回率曲线";
    PR_ANSWER = "The dashed line is the share of all that left: naming at random.", "虚线为总体流失比例，即随机挑选的水平。";
    PR_CHART = "Precision-recall curves", "精确率－召回率曲线";
    PR_SAYS = "{model}: {y} right when finding {x}", "{model}：找出{x}时正确率{y}";
    CURVE_SHOW = "Show points of the curves", "查看曲线上的点";

    CAL_TITLE_GOOD = "The probabilities hold: of those given about {p}, {o} left", "概率可信：给出约{p}的客户中，实际流失{o}";
    CAL_TITLE_HIGH = "The probabilities are too high: of those given about {p}, {o} left", "概率偏高：给出约{p}的客户中，实际流失{o}";
    CAL_TITLE_LOW = "The probabilities are too low: of those given about {p}, {o} left", "概率偏低：给出约{p}的客户中，实际流失{o}";
    CAL_ANSWER = "Each dot is a group of customers given about the same probability; on the dashed line, prediction and truth agree.",
        "每个点是一组概率相近的客户；落在虚线上表示预测与实际一致。";
    CAL_CHART = "Calibration", "校准";
    CAL_SAYS = "Given {p}: {o} of {n} left", "给出{p}：{n}位中流失{o}";
    COL_PREDICTED = "Probability given", "给出的概率";
    COL_OBSERVED = "Left", "实际流失";
    COL_CUSTOMERS = "Customers", "客户数";
    PERFECT = "Prediction and truth agree", "预测与实际一致";
    GROUPS = "Groups of customers", "客户分组";

    LIFT_TITLE = "Among the tenth named first, {lift} times as many left as among all", "排在最前的十分之一客户，流失率是总体的{lift}倍";
    LIFT_ANSWER = "Lift is the share that left in the tenth over the share among all; 1 is naming at random.",
        "提升度＝该十分位的流失率÷总体流失率；1 表示随机挑选。";
    LIFT_BARS = "Lift by decile", "各十分位的提升度";
    COL_DECILE = "Tenth", "十分位";
    COL_LIFT = "Lift", "提升度";
    DECILE = "{n} ({lost} of {all} left)", "第{n}（{all}位中流失{lost}位）";

    CONFUSION_TITLE = "At the threshold of {threshold}, {right} of {all} customers are told right", "阈值{threshold}下，{all}位客户中判断正确{right}位";
    CONFUSION_ANSWER = "The threshold is where the first offer pays for a customer of average value, not one half.", "阈值取首个优惠对平均价值客户回本的概率，而非简单取一半。";
    CONFUSION_ANSWER_OTHER = "How the threshold was chosen is said in the chapter on risk.", "阈值的选取方式见“流失风险”一章。";
    CONFUSION_TABLE = "Confusion matrix", "混淆矩阵";
    COL_TRUTH = "Truth", "实际";
    NAMED = "Named", "被标出";
    NOT_NAMED = "Not named", "未被标出";
    LEFT = "Left", "流失";
    STAYED = "Stayed", "留下";

    PROFIT_TITLE = "Profit is highest when the riskiest {share} are contacted: {profit}", "联系流失风险最高的{share}客户时利润最高：{profit}";
    PROFIT_TITLE_NONE = "No share of customers contacted would bring a profit", "无论联系多大比例的客户都没有利润";
    PROFIT_ANSWER = "On the test data, for the first offer and its assumed effect. Contacting everybody would bring {all}, contacting nobody nothing.",
        "基于检验数据，按首个优惠及其假定效果计算。若联系所有客户，利润为{all}；不联系则没有利润。";
    PROFIT_CHART = "Profit by share of customers contacted", "联系比例与利润";
    PROFIT_SAYS = "Contact {share}: {profit}", "联系{share}：{profit}";
    COL_CONTACTED = "Contacted, riskiest first", "联系比例（风险高者优先）";
    COL_PROFIT = "Profit", "利润";
    EVERYBODY = "Contact everybody", "联系所有客户";
    NOBODY = "Contact nobody", "不联系任何客户";

    WEIGHTS_TITLE = "“{feature}” moves the churn probability the most", "“{feature}”对流失概率的影响最大";
    WEIGHTS_ANSWER = "Change of the log-odds for one standard deviation more; to the right means more likely to leave. Weights say what goes together, not what causes what.",
        "特征每增加一个标准差时对数几率的变化；向右表示更可能流失。权重只说明相关，不说明因果。";
    WEIGHTS_BARS = "Weights of the logistic regression", "逻辑回归的权重";
    COL_FEATURE = "Feature", "特征";
    COL_WEIGHT = "Weight", "权重";
    COL_BAR_STAY_LEAVE = "Stay ← → leave", "留下 ← → 流失";
    STAYS = "More likely to stay", "更可能留下";
    LEAVES = "More likely to leave", "更可能流失";

    SPLITS_TITLE = "It learned from {train} {train:example|examples} and was tested on {test}", "以{train}个客户样本学习，以{test}个检验";
    SPLITS_ANSWER = "One customer can appear once at each as-of date. Nothing at or after an as-of date enters a feature.",
        "同一客户在每个截止日期最多出现一次。截止日期当日及之后的信息不会进入特征。";
    SPLITS_ANSWER_NO_DATES = "The table has no dates; each customer appears once.", "表中没有日期；每位客户出现一次。";
    SPLITS_TABLE = "Training and test sets", "训练集与检验集";
    COL_ROLE = "Served for", "用途";
    COL_AS_OF = "As-of", "截止日期";
    COL_UNTIL = "Label until", "标签截至";
    COL_LOST = "Lost", "流失";
    COL_SHARE = "Share lost", "流失比例";
    TRAIN = "learning", "学习";
    VALIDATE = "calibration and choice", "校准与选择";
    TEST = "test", "检验";
}
