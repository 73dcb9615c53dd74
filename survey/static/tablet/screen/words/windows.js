// The words about an interview that is open in two windows.

export const WINDOWS = {
  zh: {
    open_elsewhere: "这份答卷正在另一个窗口中填写。同一份答卷只能在一个窗口中填写，以免互相覆盖。",
    open_here: "改在此窗口填写",
    taken_over: "这份答卷已改在另一个窗口中填写，此前的答案都已保存。",
  },
  en: {
    open_elsewhere: "This interview is open in another window. It can be filled in in one window only, so that no answer is overwritten.",
    open_here: "Go on in this window",
    taken_over: "This interview is now filled in in another window. Every answer given here was kept.",
  },
};
