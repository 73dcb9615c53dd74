"""What a pair is asked: for each check that speaks of a pair, what was found and the question, in Chinese and English. Data only."""

from analysis.words import Words

FOUND: Words = {
    "zh": {
        "same_household": "在 {total} 份访谈中，有 {n} 份的农户还有另一份访谈：{interviews}。",
        "near_identical": "在 {total} 份访谈中，有 {n} 份与别户的答案几乎相同：{interviews}。",
        "outliers": "在 {total} 份访谈中，有 {n} 份“{question}”的数值与其他访谈相差很大（中位数 {median}）：{interviews}。",
        "missing_by_interviewer": "“{question}”：{n_all} 次中有 {n_found} 次没有答案（{share}），其他访谈员是 {share_others}。",
        "non_answers": "“{kind}”：{n_all} 个答案中有 {n_found} 个（{share}），其他访谈员是 {share_others}。",
        "straight_lining": (
            "从“{question}”开始的 {n_questions} 题：{n_all} 份中有 {n_found} 份全部是同一个答案（{share}），其他访谈员是 {share_others}。"
        ),
        "digits_by_interviewer": "{n_all} 个数字中有 {n_found} 个以 0 或 5 结尾（{share}），其他访谈员问同样的题是 {share_others}。",
        "speed_by_interviewer": (
            "有平板记录的 {n_interviews} 份访谈中，{n_all} 次作答有 {n_found} 次（{share}）来不及把题念完；每份题目用时约 "
            "{minutes} 分钟{pace}。"
        ),
        "positions_far": "在 {total} 份访谈中，有 {n} 份的位置离本村其他访谈很远：{interviews}。",
        "same_point": "在 {total} 份访谈中，有 {n} 份与别户的位置相同：{interviews}。",
        "positions_close": "在 {village} 的 {n_all} 份访谈，位置一半以上在 {spread} 米以内，全村的是 {spread_village} 米。",
        "back_checks_by_interviewer": "{source}，{type}题：{n_all} 个答案中有 {n_found} 个不一致（{share}）。",
    },
    "en": {
        "same_household": "In {n} of {total} interviews the household has another interview: {interviews}.",
        "near_identical": "In {n} of {total} interviews nearly all answers are those of another household: {interviews}.",
        "outliers": 'In {n} of {total} interviews "{question}" is far from what others recorded (median {median}): {interviews}.',
        "missing_by_interviewer": '"{question}" was left blank {n_found} of {n_all} times ({share}); with the others {share_others}.',
        "non_answers": '"{kind}" in {n_found} of {n_all} answers ({share}); with the others {share_others}.',
        "straight_lining": (
            '{n_questions} questions from "{question}" on have one and the same answer in {n_found} of {n_all} interviews '
            "({share}); with the others {share_others}."
        ),
        "digits_by_interviewer": (
            "{n_found} of {n_all} numbers end in 0 or 5 ({share}); with the others, for the same questions, {share_others}."
        ),
        "speed_by_interviewer": (
            "In {n_interviews} interviews with a log {n_found} of {n_all} questions ({share}) were too quick to have been "
            "read out; questions take about {minutes} minutes an interview{pace}."
        ),
        "positions_far": "In {n} of {total} interviews the position is far from the village's others: {interviews}.",
        "same_point": "In {n} of {total} interviews the position is that of another household: {interviews}.",
        "positions_close": (
            "Of {n_all} interviews in {village} half were recorded within {spread} m; for the whole village it is {spread_village} m."
        ),
        "back_checks_by_interviewer": "{source}, {type}: {n_found} of {n_all} answers differ ({share}).",
    },
}
PACE: Words = {"zh": {"pace": "，是其他访谈员同样题目的 {pace}"}, "en": {"pace": ", {pace} of what others take for the same questions"}}
QUESTIONS: Words = {
    "zh": {
        "same_household": "两份访谈是怎么来的？是再次入户，还是录到了别的户上？以哪一份为准？",
        "near_identical": "两户是分别问的吗？有没有沿用上一户的答案？能不能说出两户不同的地方？",
        "outliers": "这个数是怎么算出来的？单位对不对，有没有多写或少写一个零？",
        "missing_by_interviewer": "是没有问，问了没有答，还是因为前面的答案跳过去了？前面那一题是怎么问的？",
        "non_answers": "这些题是怎么问的？受访人说不清时，有没有换个说法再问？旁边有没有别人？",
        "straight_lining": "这几题是逐题念的，还是一起问的？",
        "digits_by_interviewer": "数字是受访人说的、算出来的，还是估计后取整的？",
        "speed_by_interviewer": "题目是不是逐题念了？有没有先谈完、后来再补录？",
        "positions_far": "访谈是在哪里进行的？位置是在户门口记录的，还是回来以后补的？",
        "same_point": "这几户是在同一个地方访谈的吗？为什么没有到各家？旁边有没有别人？",
        "positions_close": "这些访谈是在各家进行的吗？位置是什么时候记录的？",
        "back_checks_by_interviewer": "两次记录不一致的几题，当时各是怎么问、怎么听的？",
    },
    "en": {
        "same_household": (
            "How did two interviews come about: a second call, or a form filled in for another household? Which one is right?"
        ),
        "near_identical": (
            "Was each household asked by itself? Was anything taken over from the one before? What do you remember that differs?"
        ),
        "outliers": "How was this number reckoned? Is the unit right, is there a nought too many or too few?",
        "missing_by_interviewer": (
            "Was it not asked, not answered, or passed over because of an answer before it? How was that one asked?"
        ),
        "non_answers": "How were these questions asked? Was another wording tried? Was somebody else listening?",
        "straight_lining": "Were these questions read out one by one, or asked together?",
        "digits_by_interviewer": "Did the respondent give the numbers, were they reckoned, or rounded from a guess?",
        "speed_by_interviewer": "Was every question read out? Was the form filled in after the talk?",
        "positions_far": "Where was the interview held? Was the position recorded at the door, or later?",
        "same_point": "Were these households interviewed at one place? Why not at their homes? Was anybody else there?",
        "positions_close": "Were these interviews held at the homes? When was the position recorded?",
        "back_checks_by_interviewer": "Of the answers that differ: how was each asked and heard?",
    },
}
SHEET: Words = {
    "zh": {
        "title": "访谈质量核对单",
        "notice": "内部资料，只用于向本组了解情况。以下各项都是需要问清的地方，不是对任何人的结论，也不说明农户的情况。",
        "pair": "小组：{lead}（主访）、{second}（副访）",
        "counts": "问卷：{form}；本组访谈 {n} 份，需要询问 {n_findings} 项，涉及 {n_concerned} 份。",
        "nothing": "按现有标准，没有需要向本组询问的事项。",
        "ask": "请问：{question}",
        "interviews": "涉及的访谈",
        "interview": "村和户编号",
        "found": "所见",
        "answer": "核实情况",
        "more": "另有 {n} 份，见系统中的名单。",
        "signed": "核对人：＿＿＿＿＿＿　　日期：＿＿＿＿＿＿",
        "and_more": "等 {n} 份",
        "comma": "、",
        "named": "{label}（{told}）",
        "match": "两份答案 {share} 相同",
        "match_with": "与{other} {share} 相同",
        "away": "{metres} 米",
        "with": "与{others}同一地点",
    },
    "en": {
        "title": "Questions to a pair",
        "notice": (
            "For talks with the pair only. Each point is something to ask, neither a verdict on anybody nor a finding about a household."
        ),
        "pair": "Pair: {lead} (lead) and {second} (second)",
        "counts": "Questionnaire: {form}; {n} interviews of the pair, {n_findings} points to ask, about {n_concerned} interviews.",
        "nothing": "By the present thresholds there is nothing to ask this pair.",
        "ask": "Ask: {question}",
        "interviews": "Interviews concerned",
        "interview": "Village and number",
        "found": "Found",
        "answer": "What came out",
        "more": "{n} more are on the list in the program.",
        "signed": "Asked by: ____________    Date: ____________",
        "and_more": ", and {left} more",
        "comma": ", ",
        "named": "{label} ({told})",
        "match": "{share} of both the same",
        "match_with": "{share} as {other}",
        "away": "{metres} m",
        "with": "where {others} was",
    },
}
